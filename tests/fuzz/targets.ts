/** Every parser of the station that takes bytes or text from outside. */
import type { Target } from './target.ts';
import { apiTarget } from './targets/api.ts';
import { cardTargets } from './targets/cards.ts';
import { configurationTargets } from './targets/configuration.ts';
import { eventsTarget } from './targets/events.ts';
import { mbapTarget } from './targets/mbap.ts';
import { mqttTarget } from './targets/mqtt.ts';
import { opcuaTarget } from './targets/opcua.ts';
import { registersTarget, tagTarget } from './targets/registers.ts';
import { rtuTarget } from './targets/rtu.ts';
import { storedTarget } from './targets/stored.ts';
import { tlsTarget } from './targets/tls.ts';

export const targets: readonly Target[] = [
  rtuTarget,
  mbapTarget,
  tlsTarget,
  registersTarget,
  tagTarget,
  opcuaTarget,
  ...cardTargets,
  ...configurationTargets,
  storedTarget,
  eventsTarget,
  apiTarget(),
  mqttTarget(),
];
