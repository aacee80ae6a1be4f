/** Every error code: what it means and how to mend it. Codes are never renamed, only added. */
export const errorCatalogue = {
  INTERNAL: { meaning: 'a defect in Forecourt', hint: 'Report it with the log line and the version.' },
  UNIT_NOT_INTEGER: { meaning: 'a value is not a whole number of its unit', hint: 'Report it: a driver let a bad value pass.' },

  CONFIG_UNREADABLE: { meaning: 'a configuration file cannot be read', hint: 'Check the path and its permissions.' },
  CONFIG_SYNTAX: { meaning: 'a file is not valid YAML', hint: 'Mend the line named; indentation and quotes are the usual causes.' },
  CONFIG_INVALID: { meaning: 'the configuration has errors', hint: 'Run `forecourt check FILE`; each error names its line and its mend.' },
  SECRET_MISSING: { meaning: 'a secret named in the configuration is not there', hint: 'Set the environment variable or create the file that the configuration names.' },

  LINE_OPEN: { meaning: 'a serial port or socket cannot be opened', hint: 'Check the path or the address, the cable, and that no other program uses it. It is tried again by itself.' },
  LINE_CLOSED: { meaning: 'the line went away during a request', hint: 'Check the adapter or the network; the line comes back by itself.' },
  REPLY_TIMEOUT: { meaning: 'a device did not answer in time', hint: 'Check power, wiring, unit number and baud rate of the device.' },
  REPLY_BAD_FRAME: { meaning: 'bytes came that are no valid answer', hint: 'Check wiring, termination and parity; look at `forecourt trace LINE`.' },
  REPLY_EXCEPTION: { meaning: 'the device refused the request with a Modbus exception', hint: 'Check the profile: function code, address and base.' },
  DEVICE_QUARANTINED: { meaning: 'the device is held until a late reply can no longer be mistaken', hint: 'Wait: it is proved and read again by itself.' },
  REQUEST_REFUSED: { meaning: 'the request cannot be made', hint: 'Report it with the profile used.' },

  FIELD_UNDECODABLE: { meaning: 'registers hold no value of the field\'s type', hint: 'Check type, word order and decimals of the field in the profile.' },

  STORE_OPEN: { meaning: 'the database cannot be opened', hint: 'Check the store directory: it must exist, be writable and have room.' },
  STORE_NOT_DURABLE: { meaning: 'the database did not accept full durability', hint: 'Put the store on a local disk (not a network share).' },
  STORE_CORRUPT: { meaning: 'the database file is damaged', hint: 'Keep the file that was set aside; see docs for salvage.' },
  STORE_NEWER: { meaning: 'the database was written by a newer version', hint: 'Install that version or a newer one.' },
  STORE_LOCKED: { meaning: 'another process uses the database', hint: 'Stop the other daemon; one daemon owns one store.' },

  MQTT_CONNECT: { meaning: 'the broker cannot be reached or refused us', hint: 'Check host, port, TLS files and credentials; events are kept and sent later.' },
  MQTT_REJECTED: { meaning: 'the broker rejected an event', hint: 'Check the broker\'s permissions for the topic; the event is set aside and shown by `forecourt status`.' },

  API_UNREACHABLE: { meaning: 'no daemon answers on the local socket', hint: 'Start it with `forecourt run STATION.yaml`, or name its socket with --socket.' },
  API_REFUSED: { meaning: 'the daemon refused the request', hint: 'See the message.' },
  NOT_FOUND: { meaning: 'there is no such thing', hint: 'List what there is and try again.' },
  USAGE: { meaning: 'the command was called wrongly', hint: 'Add --help to see an example.' },
} as const satisfies Record<string, { meaning: string; hint: string }>;

export type ErrorCode = keyof typeof errorCatalogue;
