/** Nothing that a server or a library promises is waited for without an end. */
import { ForecourtError } from '../../model/errors.ts';

/** The promise's value; rejects with OPCUA_CONNECT after `ms`. What comes later is dropped. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new ForecourtError('OPCUA_CONNECT', `${what}: no answer within ${ms} ms`)),
      ms,
    );
  });
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
