import { expect, it } from 'vitest';
import { createRetainedStates } from '../../../src/sync/retainedStates.ts';
import { manualClock } from '../../support/tempStore.ts';

function setUp() {
  const clock = manualClock();
  const told: string[] = [];
  const states = createRetainedStates(clock, 250, (thing, text) => told.push(`${thing} ${text}`));
  return { clock, states, told: () => told.splice(0) };
}

it('a state is told at once, then no sooner than allowed, and then only the newest', () => {
  const { clock, states, told } = setUp();
  states.online();
  states.set('a', { v: 1 });
  states.set('b', { v: 1 });
  expect(told()).toEqual(['a {"v":1}', 'b {"v":1}']);
  states.set('a', { v: 2 });
  states.set('a', { v: 3 });
  clock.advance(249);
  states.tick();
  expect(told()).toEqual([]);
  clock.advance(1);
  states.tick();
  expect(told()).toEqual(['a {"v":3}']);
});

it('a state that has not changed is not told again', () => {
  const { clock, states, told } = setUp();
  states.online();
  states.set('a', { v: 1 });
  clock.advance(1000);
  states.set('a', { v: 1 });
  states.tick();
  expect(told()).toEqual(['a {"v":1}']);
});

it('all states are told to a new connection, none without one', () => {
  const { states, told } = setUp();
  states.set('a', { v: 1 });
  states.set('b', { v: 2 });
  expect(told()).toEqual([]);
  states.online();
  expect(told()).toEqual(['a {"v":1}', 'b {"v":2}']);
  states.offline();
  states.set('a', { v: 3 });
  states.tick();
  expect(told()).toEqual([]);
  states.online();
  expect(told()).toEqual(['a {"v":3}', 'b {"v":2}']);
});

it('a state is told as it was when it was set', () => {
  const { states, told } = setUp();
  const payload = { v: 1 };
  states.set('a', payload);
  payload.v = 2;
  states.online();
  expect(told()).toEqual(['a {"v":1}']);
});
