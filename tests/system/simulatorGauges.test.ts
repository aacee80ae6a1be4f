/** The simulator's gauges and the real drivers: what the station shows is what lies in the simulated ground. */
import { describe, expect, it, vi } from 'vitest';
import type { DeliveryView, TankView } from '../../src/station/tanks/view.ts';
import { simulatedGauges } from '../support/simulatedGauges.ts';
import { runStation } from '../support/station.ts';

const patience = { timeout: 60_000, interval: 200 };

describe("the simulator's gauges", () => {
  it('M173: levels agree with the truth while fuel is sold, and a delivery with sales during it is booked once', {
    timeout: 240_000,
  }, async () => {
    const { simulation, file } = await simulatedGauges();
    const daemon = await runStation(file);
    const tanks = () => daemon.api<TankView[]>('/v1/tanks');
    await vi.waitFor(
      async () => expect(await tanks()).toMatchObject([{ quality: 'good' }, { quality: 'good' }]),
      patience,
    );

    const delivery = await vi.waitFor(
      async () => {
        const [found] = await daemon.api<DeliveryView[]>('/v1/deliveries');
        expect(found).toBeDefined();
        return found as DeliveryView;
      },
      { timeout: 180_000, interval: 500 },
    );
    const [truth] = simulation.tanks.deliveries('T2');
    expect(truth).toBeDefined();
    expect(delivery).toMatchObject({ stock: 'T2', grade: 'diesel', source: 'rise' });
    // The table of the simulated gauge errs by up to 0.2 %, and one poll is twenty seconds of the forecourt.
    expect(Math.abs(delivery.volumeMl / 1000 - (truth?.litres ?? 0))).toBeLessThan(120);
    expect(await daemon.api<DeliveryView[]>('/v1/deliveries')).toHaveLength(1);

    simulation.noMoreCars();
    await simulation.done;
    await vi.waitFor(async () => {
      for (const tank of await tanks()) {
        const litres = simulation.tanks.truth(tank.id).litres;
        expect(Math.abs((tank.volumeMl ?? 0) / 1000 - litres), tank.id).toBeLessThan(30 + litres * 0.003);
      }
    }, patience);
    await daemon.stop();
  });
});
