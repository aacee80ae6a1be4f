/** The driver against an independent gauge in Python, over TCP. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTlsPeer, type TlsPeer, watchGauge } from '../support/tlsPeer.ts';

const diesel = { product: '1', status: 0, floats: [5329.5, 5413, 4699, 1203.4, 12, 18.39, 31] };
const petrol = { product: '2', status: 1, floats: [800, 795, 9200, 310.5, 0, 21, 0] };

async function peer(state: object): Promise<TlsPeer> {
  const gauge = await startTlsPeer('tcp');
  onTestFinished(() => gauge.stop());
  await gauge.set({ tanks: { 1: diesel, 2: petrol }, labels: { 1: 'DIESEL', 2: 'SUPER 95' }, ...state });
  return gauge;
}

const at = (gauge: TlsPeer) => ({
  connection: { kind: 'tcp', host: '127.0.0.1', port: gauge.port } as const,
  timeoutMs: 400,
  commandGapMs: 0,
  pollS: 1,
});

describe('a TLS gauge over TCP', () => {
  it('tells the inventory of the tanks in use', async () => {
    const gauge = await peer({ clock: 3600 });
    const watched = watchGauge(at(gauge), { tanks: [1, 2] });
    await watched.until(() => watched.of('tank').length >= 2);
    const [first, second] = watched.of('tank');
    expect(watched.of('health')[0]).toMatchObject({ online: true, reason: '' });
    expect(first).toMatchObject({
      tank: 1,
      source: 'live',
      quality: 'good',
      volume: 5_329_500,
      correctedVolume: 5_413_000,
      reference: 1556,
      ullage: 4_699_000,
      height: 12_034,
      water: 120,
      waterVolume: 31_000,
      temperature: 1839,
      density: null,
      deliveryInProgress: false,
      leakTestInProgress: false,
    });
    expect(second).toMatchObject({ tank: 2, volume: 800_000, deliveryInProgress: true });
    const ahead = (first?.gaugeClock ?? 0) - (first?.at ?? 0);
    expect(ahead).toBeGreaterThan(3_600_000 - 61_000);
    expect(ahead).toBeLessThanOrEqual(3_600_000);
  });
});
