/** The OPC UA thread with a library that throws from a timer of each subscription with a publishing interval of 111 ms. */
import { ClientSubscription } from 'node-opcua-client';

const { create } = ClientSubscription;
ClientSubscription.create = (session, options) => {
  if (options.requestedPublishingInterval === 111)
    setTimeout(() => {
      throw new Error('from a timer');
    }, 20);
  return create(session, options);
};
await import('../../src/drivers/opcua/worker.ts');
