/** A bus whose answers to one device pass that device's boundary: decoding, recording and all that follows. */
import type { Bus } from '../drivers/bus/bus.ts';
import type { Boundaries } from './deviceFaults.ts';

export type DeviceBus = Pick<Bus, 'device' | 'onHealth'>;

export function boundedBus(bus: DeviceBus, boundaries: Boundaries): DeviceBus {
  return {
    device(spec) {
      const device = bus.device(spec);
      return {
        id: device.id,
        write: (request) => device.write(request),
        stats: () => device.stats(),
        poll: (request, onResult) =>
          device.poll(request, (result) => boundaries.run(spec.id, () => onResult(result))),
      };
    },
    onHealth: (listener) =>
      bus.onHealth((health) => boundaries.always(health.device, () => listener(health))),
  };
}
