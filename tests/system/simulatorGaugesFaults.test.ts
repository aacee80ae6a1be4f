/** The real driver of a TLS gauge on a simulated cable with faults. A file of its own: both wait more than they work. */
import { expect, it } from 'vitest';
import type { GaugeView, TankView } from '../../src/station/tanks/view.ts';
import { simulatedGauges } from '../support/simulatedGauges.ts';
import { runStation } from '../support/station.ts';

it('faults on the cable of a gauge cost readings and never bring a wrong one', {
  timeout: 90_000,
}, async () => {
  const faults = {
    ...{ 'bit-flip': 0.1, truncated: 0.1, noise: 0.1 },
    ...{ silence: 0.05, late: 0.05, 'link-drop': 0.05 },
  };
  const { simulation, file } = await simulatedGauges({ faults, timeoutMs: 400 });
  const daemon = await runStation(file);
  const troubles = async () => {
    const [gauge] = await daemon.api<GaugeView[]>('/v1/gauges');
    return (gauge?.badFrames ?? 0) + (gauge?.timeouts ?? 0);
  };
  const seen = new Set<string>();
  while (seen.size < 10 || (await troubles()) === 0) {
    const [tank] = await daemon.api<TankView[]>('/v1/tanks');
    if (tank?.volumeMl != null && tank.at !== null && !seen.has(tank.at)) {
      seen.add(tank.at);
      // nobody draws from this one: it stays where it is
      const { litres } = simulation.tanks.truth('T1');
      expect(Math.abs(tank.volumeMl / 1000 - litres)).toBeLessThan(30 + litres * 0.003);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await daemon.stop();
});
