/** Every error code: what it means and how to mend it. Codes are never renamed, only added. */
export const errorCatalogue = {
  INTERNAL: { meaning: 'a defect in Forecourt', hint: 'Report it with the log line and the version.' },
  UNIT_NOT_INTEGER: {
    meaning: 'a value is not a whole number of its unit',
    hint: 'Report it: a driver let a bad value pass.',
  },

  CONFIG_UNREADABLE: {
    meaning: 'a configuration file cannot be read',
    hint: 'Check the path and its permissions.',
  },
  CONFIG_SYNTAX: {
    meaning: 'a file is not valid YAML',
    hint: 'Mend the line named; indentation and quotes are the usual causes.',
  },
  CONFIG_INVALID: {
    meaning: 'the configuration has errors',
    hint: 'Run `forecourt check FILE`; each error names its line and its mend.',
  },
  SECRET_MISSING: {
    meaning: 'a secret named in the configuration is not there',
    hint: 'Set the environment variable or create the file that the configuration names.',
  },

  LINE_OPEN: {
    meaning: 'a serial port or socket cannot be opened',
    hint: 'Check the path or the address, the cable, and that no other program uses it. It is tried again by itself.',
  },
  LINE_CLOSED: {
    meaning: 'the line went away during a request',
    hint: 'Check the adapter or the network; the line comes back by itself.',
  },
  REPLY_TIMEOUT: {
    meaning: 'a device did not answer in time',
    hint: 'Check power, wiring, unit number and baud rate of the device.',
  },
  REPLY_BAD_FRAME: {
    meaning: 'bytes came that are no valid answer',
    hint: 'Check wiring, termination and parity; look at `forecourt trace LINE`.',
  },
  REPLY_EXCEPTION: {
    meaning: 'the device refused the request with a Modbus exception',
    hint: 'Check the profile: function code, address and base.',
  },
  DEVICE_QUARANTINED: {
    meaning: 'the device is held until a late reply can no longer be mistaken',
    hint: 'Wait: it is proved and read again by itself.',
  },
  REQUEST_REFUSED: { meaning: 'the request cannot be made', hint: 'Report it with the profile used.' },

  CARD_TEXT_INVALID: {
    meaning: 'a text is no number of the card format named',
    hint: 'Write em40 as 10 hex digits, em32 as 8 hex or 10 decimal digits, wiegand26 as 6 hex digits or FFF,NNNNN, uid as pairs of hex digits.',
  },
  FIELD_UNDECODABLE: {
    meaning: "registers hold no value of the field's type",
    hint: 'Check type, word order and decimals of the field in the profile.',
  },
  FIELD_UNENCODABLE: {
    meaning: 'a value does not fit the field of a device',
    hint: 'Check width and decimals of the field in the profile.',
  },

  GAUGE_SILENT: {
    meaning: 'a tank gauge does not answer',
    hint: 'Check power, cable, baud rate and parity; a Veeder-Root gauge with a security code is silent to a missing or wrong one: set `securityCode`.',
  },
  GAUGE_BAD_REPLY: {
    meaning: 'bytes came from a tank gauge that are no valid answer',
    hint: 'Check baud rate, data bits and parity; look at `forecourt trace GAUGE`.',
  },
  GAUGE_UNKNOWN_FUNCTION: {
    meaning: 'the tank gauge does not know a function (9999FF1B)',
    hint: 'Nothing to do where another function or format gives the same; else set `format: display`.',
  },
  GAUGE_REFUSED: {
    meaning: 'the tank gauge did not do what it was told',
    hint: 'Check its security code and whether its clock may be set from outside.',
  },
  TANK_STATE_INVALID: {
    meaning: 'what the store keeps of a tank makes no sense',
    hint: 'Deliveries and alarms of the tank begin anew; keep the database file and report it.',
  },
  OPCUA_CONNECT: {
    meaning: 'an OPC UA server cannot be reached or refuses the session',
    hint: 'Check endpoint, security policy and identity; `forecourt opcua trust` shows and trusts its certificate.',
  },
  OPCUA_UNTRUSTED: {
    meaning: 'the certificate of an OPC UA peer is not trusted, or not valid any more',
    hint: 'Compare its fingerprint with the device, then `forecourt opcua trust SERVER`; renew one that has expired.',
  },
  OPCUA_NODE: {
    meaning: 'a node of the OPC UA profile is not there or cannot be read',
    hint: 'Check node ids or browse paths of the profile against the server.',
  },
  ALARM_STATE: {
    meaning: 'the alarm is over or acknowledged already',
    hint: '`forecourt alarms` lists those that stand.',
  },

  STORE_OPEN: {
    meaning: 'the database cannot be opened',
    hint: 'Check the store directory: it must exist, be writable and have room.',
  },
  STORE_NOT_DURABLE: {
    meaning: 'the database did not accept full durability',
    hint: 'Put the store on a local disk (not a network share).',
  },
  STORE_CORRUPT: {
    meaning: 'the database file is damaged',
    hint: 'Keep the file: `forecourt salvage FILE --to DIR` reads what can be read; see docs/books.md.',
  },
  STORE_NEWER: {
    meaning: 'the database was written by a newer version',
    hint: 'Install that version or a newer one.',
  },
  STORE_OLDER: {
    meaning: 'the database was written by a version from before the first release',
    hint: 'Move the store directory away and start again: a new database begins with fresh baselines.',
  },
  FUELLING_STATE_INVALID: {
    meaning: 'the stored state of a fuelling point makes no sense',
    hint: 'Keep the database file and report it; it was changed by something else or is damaged.',
  },
  STORE_LOCKED: {
    meaning: 'another process uses the database',
    hint: 'Stop the other daemon; one daemon owns one store.',
  },
  STORE_FOREIGN: {
    meaning: 'the database belongs to another site or another program',
    hint: 'Give each station its own store directory; never copy one from another site.',
  },
  STORE_FULL: {
    meaning: 'there is no room left for the database',
    hint: 'Make room on the disk: sales cannot be recorded until then. The dispensers keep them.',
  },
  STORE_SPACE_LOW: {
    meaning: 'the disk runs full',
    hint: 'Make room on the disk. Sales are stored while there is any; telemetry is not.',
  },
  STORE_READ_ONLY: {
    meaning: 'the disk takes no writes',
    hint: 'Look at the kernel log why it was made read-only, mend the file system and mount it writable; the daemon goes on by itself.',
  },
  STORE_IO: {
    meaning: 'the disk failed while the database was read or written',
    hint: 'Check the disk and its cables, and replace it if it fails again.',
  },
  LEDGER_REFUSED: {
    meaning: 'points cannot be posted so',
    hint: 'Report it: the legs do not sum to zero, or the same credit came twice.',
  },

  CORRECTION_TOO_LATE: {
    meaning: 'the sale is too old to be corrected',
    hint: 'Its time is over (`corrections.hours` of the station file); settle it with the member at head office.',
  },
  CORRECTION_REFUSED: {
    meaning: 'the sale cannot be corrected so',
    hint: 'See the message; `forecourt sale show SALE` tells whose the sale is now.',
  },
  CARD_REFUSED: {
    meaning: 'the card cannot be credited',
    hint: "Use an active card of the member, or `--member ID` once you know whose sale it is; mend the members' file where it is wrong.",
  },

  MQTT_CONNECT: {
    meaning: 'the broker cannot be reached or refused us',
    hint: 'Check host, port, TLS files and credentials; a broker that knows only MQTT 3.1.1 needs `protocol: mqtt-3.1.1`. Events are kept and sent later.',
  },
  MQTT_REJECTED: {
    meaning: 'the broker rejected an event',
    hint: "Check the broker's permissions for the topic; the event is set aside and shown by `forecourt status`.",
  },

  API_UNREACHABLE: {
    meaning: 'no daemon answers on the local socket',
    hint: 'Start it with `forecourt run STATION.yaml`, or name its socket with --socket.',
  },
  API_BUSY: {
    meaning: 'the daemon is asked more than it will answer beside its work',
    hint: 'Ask less often, or close event streams that are not needed; try again in a few seconds.',
  },
  API_REFUSED: { meaning: 'the daemon refused the request', hint: 'See the message.' },
  SIMULATOR_REFUSED: {
    meaning: 'the simulator cannot serve this station',
    hint: 'It serves loopback addresses and pseudo-terminals only, and needs a profile for each device.',
  },

  NOT_FOUND: { meaning: 'there is no such thing', hint: 'List what there is and try again.' },
  USAGE: { meaning: 'the command was called wrongly', hint: 'Add --help to see an example.' },
} as const satisfies Record<string, { meaning: string; hint: string }>;

export type ErrorCode = keyof typeof errorCatalogue;
