"""Writes computer.json and display.json beside it: frames computed from the protocol's layouts, and the records they mean.

Shares no code with the codec. `python3 make.py`, then `npx biome check --write` on what it wrote. One frame is as a gauge sent it
and one as the description has it; they are not made here.
"""
import json
import os
import struct
HERE = os.path.dirname(os.path.abspath(__file__))

def single(value):
    return '????????' if value is None else struct.pack('>f', value).hex().upper()

def floats(*value):
    return '%02X' % len(value) + ''.join(map(single, value))

def frame(text):
    b = b'\x01' + text.encode() + b'&&'
    return (b + b'%04X' % (-sum(b) & 65535) + b'\x03').hex()
nearest = lambda value: None if value is None else struct.unpack('>f', struct.pack('>f', value))[0]
NOTHING = dict(volume=None, tcVolume=None, ullage=None, height=None, water=None, temperature=None, waterVolume=None, mass=None, density=None, safeUllage=None)

def tank_record(tank, product, status, rejected=[], **names_of):
    return {**NOTHING, **{a: nearest(b) for a, b in names_of.items()}, 'tank': tank, 'product': product, 'status': status, 'rejected': list(rejected)}

def delivery(start, end, names, rejected=[], more=[]):
    names_of = ['startVolume', 'startTc', 'startWater', 'startTemperature', 'endVolume', 'endTc', 'endWater', 'endTemperature', 'startHeight', 'endHeight']
    vals = list(names) + [None] * (10 - len(names))
    return {'start': start, 'end': end, **{a: nearest(b) for a, b in zip(names_of, vals)}, 'more': [nearest(x) for x in more], 'rejected': list(rejected)}
SENT = '2601151430'
TIME = '202601151430'
COMPUTER = []

def computer(name, fn, code, hexs, records, time=TIME):
    COMPUTER.append({'name': name, 'function': fn, 'code': code, 'hex': hexs, 'time': time, 'records': records})
computer(
    'captured: one overfill alarm',
    '101',
    'i10100',
    b'\x01i101002312301342020402&&FB3B\x03'.hex(),
    [{'category': 2, 'type': 4, 'device': 2}],
    '202312301342',
)
computer(
    'the inventory of one tank, as the description has it',
    '201',
    'i20101',
    b'\x01i20101260115143001100000745A6880045A928004592D8004243E1480000000042158F5C00000000&&EF28\x03'.hex(),
    [tank_record(1, '1', 0, volume=5329, tcVolume=5413, ullage=4699, height=48.97, water=0, temperature=37.39, waterVolume=0)],
)
computer('all functions normal', '101', 'i10100', frame('i10100' + SENT + '000000'), [])
computer(
    'alarms of tanks, a sensor and the system',
    '101',
    'i10100',
    frame('i10100' + SENT + '020301' + '030205' + '010100'),
    [{'category': 2, 'type': 3, 'device': 1}, {'category': 3, 'type': 2, 'device': 5}, {'category': 1, 'type': 1, 'device': 0}],
)
computer(
    'modules',
    '102',
    'i10200',
    frame('i10200' + SENT + '02' + '0102' + '4 PROBE ' + 'G.T.    ' + '0205' + 'RELAY   ' + '        '),
    [{'slot': 1, 'type': '02', 'texts': ['4 PROBE', 'G.T.']}, {'slot': 2, 'type': '05', 'texts': ['RELAY', '']}],
)
computer(
    'priority alarm history',
    '111',
    'i11100',
    frame('i11100' + SENT + '02000302022601150215' + '02000302012601150300'),
    [{'category': 2, 'sensor': '00', 'type': 3, 'device': 2, 'state': 'occurred', 'time': '202601150215'}, {'category': 2, 'sensor': '00', 'type': 3, 'device': 2, 'state': 'cleared', 'time': '202601150300'}],
)
computer('non-priority history, empty', '112', 'i11200', frame('i11200' + SENT), [])
computer(
    'two tanks, one in delivery',
    '201',
    'i20100',
    frame('i20100' + SENT + '0110000' + floats(5329, 5413, 4699, 1203.5, 12, 18.25, 31) + '0220001' + floats(800, 795, 9200, 310.5, 0, 21, 0)),
    [tank_record(1, '1', 0, volume=5329, tcVolume=5413, ullage=4699, height=1203.5, water=12, temperature=18.25, waterVolume=31), tank_record(2, '2', 1, volume=800, tcVolume=795, ullage=9200, height=310.5, water=0, temperature=21, waterVolume=0)],
)
computer(
    'fewer floats than usual',
    '201',
    'i20101',
    frame('i20101' + SENT + '0110000' + floats(5329, 5413, 4699)),
    [tank_record(1, '1', 0, volume=5329, tcVolume=5413, ullage=4699)],
)
computer(
    'more floats than known',
    '201',
    'i20101',
    frame('i20101' + SENT + '0110000' + floats(1, 2, 3, 4, 5, 6, 7, 8, 9) + '0210000' + floats(10)),
    [tank_record(1, '1', 0, volume=1, tcVolume=2, ullage=3, height=4, water=5, temperature=6, waterVolume=7), tank_record(2, '1', 0, volume=10)],
)
computer(
    'a tank that is not there',
    '201',
    'i20100',
    frame('i20100' + SENT + '0110000' + floats(1) + '02' + '?' * 63 + '0310000' + floats(3)),
    [tank_record(1, '1', 0, volume=1), tank_record(2, '', None), tank_record(3, '1', 0, volume=3)],
)
computer(
    'single fields that are not there',
    '201',
    'i20101',
    frame('i20101' + SENT + '0110000' + floats(5329, None, 4699)),
    [tank_record(1, '1', 0, volume=5329, ullage=4699)],
)
computer(
    'floats that are no numbers',
    '201',
    'i20101',
    frame('i20101' + SENT + '0110000' + '03' + '7FC00000' + '7F800000' + '7F000000'),
    [tank_record(1, '1', 0, rejected=['volume: not a finite number', 'tcVolume: not a finite number', 'ullage: beyond all measure'])],
)
computer(
    'mass and density',
    '214',
    'i21400',
    frame('i21400' + SENT + '0110000' + floats(5329, 4450, 835.0, 1203.5, 0, 18.25)),
    [tank_record(1, '1', 0, volume=5329, mass=4450, density=835, height=1203.5, water=0, temperature=18.25)],
)
computer(
    'ullage to 90 or 95 percent in place of the whole one',
    '21A',
    'i21A00',
    frame('i21A00' + SENT + '0110000' + floats(5329, 5413, 4198, 1203.5, 0, 18.25, 0)),
    [tank_record(1, '1', 0, volume=5329, tcVolume=5413, safeUllage=4198, height=1203.5, water=0, temperature=18.25, waterVolume=0)],
)
FIRST = [2000, 1990, 0, 15, 9000, 8950, 0, 16, 500, 1800]
SECOND = [1000, 990, 1, 14, 7000, 6950, 1, 13, 250, 1500]
computer(
    'two deliveries under one head, and a tank without',
    '202',
    'i20200',
    frame('i20200' + SENT + '01102' + '26011408002601140830' + floats(*FIRST) + '26011508002601150825' + floats(*SECOND) + '02200'),
    [{'tank': 1, 'product': '1', 'deliveries': [delivery('202601140800', '202601140830', FIRST), delivery('202601150800', '202601150825', SECOND)]}, {'tank': 2, 'product': '2', 'deliveries': []}],
)
computer(
    'two deliveries, each under a head',
    '202',
    'i20200',
    frame('i20200' + SENT + '01102' + '26011408002601140830' + floats(*FIRST) + '01102' + '26011508002601150825' + floats(*SECOND)),
    [{'tank': 1, 'product': '1', 'deliveries': [delivery('202601140800', '202601140830', FIRST), delivery('202601150800', '202601150825', SECOND)]}],
)
computer(
    'a TLS-4xx with masses and densities',
    '20C',
    'i20C01',
    frame('i20C01' + SENT + '01101' + '26011508002601150825' + floats(*SECOND, 740, 741, 5000, 5100, 742, 743)),
    [{'tank': 1, 'product': '1', 'deliveries': [delivery('202601150800', '202601150825', SECOND, more=[740, 741, 5000, 5100, 742, 743])]}],
)
computer(
    'deliveries of an older gauge with eight floats',
    '202',
    'i20201',
    frame('i20201' + SENT + '01101' + '26011508002601150825' + floats(*SECOND[:8])),
    [{'tank': 1, 'product': '1', 'deliveries': [delivery('202601150800', '202601150825', SECOND[:8])]}],
)
computer(
    'alarms by tank',
    '205',
    'i20500',
    frame('i20500' + SENT + '0102' + '0305' + '0200'),
    [{'tank': 1, 'types': [3, 5]}, {'tank': 2, 'types': []}],
)
computer(
    'alarm history by tank',
    '206',
    'i20600',
    frame('i20600' + SENT + '0102' + '26011402150003' + '26011403000005' + '0200'),
    [{'tank': 1, 'events': [{'time': '202601140215', 'type': 3}, {'time': '202601140300', 'type': 5}]}, {'tank': 2, 'events': []}],
)
value = [float(x) for x in range(1, 22)]
computer(
    'an adjusted delivery',
    '21B',
    'i21B01',
    frame('i21B01' + SENT + '0101' + '26011508002601150825' + floats(*value)),
    [{'tank': 1, 'deliveries': [{'start': '202601150800', 'end': '202601150825', 'values': value, 'rejected': []}]}],
)
computer(
    'history of an outage',
    '21E',
    'i21E01',
    frame('i21E01' + SENT + '0110002' + '2601151000' + floats(100, 99, 3) + '2601151100' + floats(90, 89, 13, 4, 5, 6, 7)),
    [{'tank': 1, 'product': '1', 'records': [{**tank_record(1, '1', None, volume=100, tcVolume=99, ullage=3), 'time': '202601151000'}, {**tank_record(1, '1', None, volume=90, tcVolume=89, ullage=13, height=4, water=5, temperature=6, waterVolume=7), 'time': '202601151100'}]}],
)
computer(
    'history with the head before every record',
    '21E',
    'i21E01',
    frame('i21E01' + SENT + '0110002' + '2601151000' + floats(100, 99, 3) + '0110002' + '2601151100' + floats(90, 89, 13)),
    [{'tank': 1, 'product': '1', 'records': [{**tank_record(1, '1', None, volume=100, tcVolume=99, ullage=3), 'time': '202601151000'}, {**tank_record(1, '1', None, volume=90, tcVolume=89, ullage=13), 'time': '202601151100'}]}],
)
computer('the clock', '501', 'i50100', frame('i50100' + SENT + SENT), TIME)
computer('the clock in the head alone', '501', 'i50100', frame('i50100' + SENT), None)
computer('units, one digit', '517', 'i51700', frame('i51700' + SENT + '2'), 'metric')
computer('units with a language', '517', 'i51700', frame('i51700' + SENT + '101'), 'us')
computer('units with a language of one digit', '505', 'i50500', frame('i50500' + SENT + '21'), 'metric')
computer('units, two digits', '505', 'i50500', frame('i50500' + SENT + '03'), 'imperial')
computer(
    'labels',
    '602',
    'i60200',
    frame('i60200' + SENT + '01' + 'DIESEL'.ljust(20) + '02' + 'SUPER 95'.ljust(20)),
    [{'tank': 1, 'label': 'DIESEL'}, {'tank': 2, 'label': 'SUPER 95'}],
)
for fn, what in (('604', 'full volume'), ('607', 'diameter'), ('621', 'low limit'), ('622', 'high limit'), ('623', 'overfill limit'), ('624', 'high water'), ('625', 'sudden loss'), ('628', 'maximum'), ('629', 'delivery required')):
    computer(
        what,
        fn,
        'i%s00' % fn,
        frame('i%s00' % fn + SENT + '01' + single(20000) + '02' + single(None)),
        [{'tank': 1, 'value': 20000, 'rejected': []}, {'tank': 2, 'value': None, 'rejected': []}],
    )
computer(
    'delivery delay',
    '610',
    'i61000',
    frame('i61000' + SENT + '0105' + '0215'),
    [{'tank': 1, 'minutes': 5}, {'tank': 2, 'minutes': 15}],
)
json.dump(COMPUTER, open(os.path.join(HERE, 'computer.json'), 'w'), indent=2)
PRINTED = []

def display(name, fn, text, records, time):
    PRINTED.append({'name': name, 'function': fn, 'hex': text.encode('latin1').hex(), 'time': time, 'records': records})
END = '\r\n' + '\x00' * 6
COLUMNS = 'TANK PRODUCT             VOLUME TC VOLUME   ULLAGE   HEIGHT    WATER     TEMP'

def line_record(t, *value):
    return tank_record(t, '', None, volume=value[0], tcVolume=value[1], ullage=value[2], height=value[3], water=value[4], temperature=value[5])

def printed_tank(t, *value):
    d = line_record(t, *value)
    for names_of, x in zip(['volume', 'tcVolume', 'ullage', 'height', 'water', 'temperature'], value):
        d[names_of] = x
    return d
ROWS = ('  1  REGULAR               1693         0     9755    18.75     0.00    76.26', '  4  DIESEL                2147         0     7472    25.04     0.00    75.48')
ROW_RECORDS = [printed_tank(1, 1693, 0, 9755, 18.75, 0, 76.26), printed_tank(4, 2147, 0, 7472, 25.04, 0, 75.48)]
display(
    'inventory with SOH, ETX and NULs',
    '201',
    '\x01' + END + 'I20100' + END + 'JAN 15, 2026  2:30 PM' + END + END + 'STATION 7' + END + END + 'IN-TANK INVENTORY       ' + END + END + COLUMNS + END + ROWS[0] + END + ROWS[1] + END + END + '\x03',
    ROW_RECORDS,
    TIME,
)
display(
    'inventory with bare LF and no SOH or ETX',
    '201',
    '\nI20100\n01/15/2026 14:30\n\nSTATION 7\n\n\nIN-TANK INVENTORY\n\n' + COLUMNS + '\n' + ROWS[0] + '\n' + ROWS[1] + '\n',
    ROW_RECORDS,
    TIME,
)
display(
    'inventory in millimetres, decimals and a day-first date',
    '201',
    '\x01\nI20100\n15.01.2026 14:30\n\nTANK   PRODUKT              VOLUMEN   TC VOLUME  L.RAUM   HOEHE WASSER   TEMP\n   1   DIESEL                 16594       16589   31906     911      0   18,2\n\x03',
    [printed_tank(1, 16594, 16589, 31906, 911, 0, 18.2)],
    TIME,
)
display(
    'a label that ends in a number, and thousands with commas',
    '201',
    '\x01\r\nI20100\r\n01-15-26  2:30 PM\r\n\r\n' + COLUMNS + '\r\n  2  SUPER 95             12,345    12,300    5,000   150.25     0.50    61.00\r\n\x03',
    [printed_tank(2, 12345, 12300, 5000, 150.25, 0.5, 61)],
    TIME,
)
display(
    'a tank that is not there, no TC column',
    '201',
    '\x01\r\nI20100\r\n2026-01-15 14:30\r\n\r\nTANK PRODUCT             VOLUME   ULLAGE   HEIGHT    WATER     TEMP\r\n  1  DIESEL               5000     4000    80.25     0.50    61.00\r\n  2                     ?????    ?????    ?????    ?????    ?????\r\n\x03',
    [{**printed_tank(1, 5000, None, 4000, 80.25, 0.5, 61)}, printed_tank(2, None, None, None, None, None, None)],
    TIME,
)
GERMAN = 'TANK   PRODUKT              VOLUMEN   TC VOLUME  L.RAUM   HOEHE WASSER   TEMP'
display(
    'a dash where nothing is corrected or measured, and below zero',
    '201',
    '\x01\r\nI20100\r\n    15-01-26 14:30   \r\n\r\n                     \r\n\r\nBESTANDSBERICHT\r\n\r\n' + GERMAN + '\r\n   1   HEIZOEL 20000          12345           -    7655    1402      -  -12.5\r\n\r\n\r\n\x03',
    [printed_tank(1, 12345, None, 7655, 1402, None, -12.5)],
    TIME,
)
display(
    'a head that begins with the product, no water float, and a label of digits and dots',
    '201',
    '\x01\r\nI20100\r\n15-01-26 14:30\r\n\r\nINVENTARIO EN TANQUE    \r\n\r\nPRODUCTO TANQ              VOL    VOL CT    POR LL   ALTURA    AGUA      TEMP\r\n  1  G.O.10               20010     19950    19990   1210.5      0.0    20.11\r\n  2  UREA 32               5100      5090    24900    560.2             19.50\r\n\r\n\x03',
    [printed_tank(1, 20010, 19950, 19990, 1210.5, 0, 20.11), printed_tank(2, 5100, 5090, 24900, 560.2, None, 19.5)],
    TIME,
)
display(
    'a TLS-4xx: a number in the label must not stand in for a column that is empty',
    '201',
    '\x01\r\nI20100\r\n01/15/26  2:30 PM\r\n\r\nTANK 7 ROAD\r\n12 ELM STREET 1 2 3 4 5 6\r\n\r\nIN-TANK INVENTORY\r\n\r\nTANK PRODUCT               VOLUME TC-VOLUME   ULLAGE   HEIGHT    WATER    TEMP\r\n  1  DIESEL#2                5010         0     4327    58.67     0.00   83.79\r\n  2  SUPER 98                6010      5990     3327    61.20            20.50\r\n  3  SUPER 95                                                                 \r\n\x03',
    [printed_tank(1, 5010, 0, 4327, 58.67, 0, 83.79), printed_tank(2, 6010, 5990, 3327, 61.2, None, 20.5), printed_tank(3, *[None] * 6)],
    TIME,
)
display(
    'months in another language',
    '201',
    '\x01\r\nI20100\r\nGEN 15, 2026  2:30 PM\r\n\r\nGIAC INT CIST           \r\n\r\nPRODOTTO CIST            VOLUME TC VOLUME   COLAG      ALT     ACQUA     TEMP\r\n  1  GASOLIO              18010     17900     6090   1501.2      0.0    28.00\r\n\x03',
    [printed_tank(1, 18010, 17900, 6090, 1501.2, 0, 28)],
    TIME,
)
UNREADABLE = 'volume: the numbers of the line do not stand under the head'
display(
    'numbers that do not stand under the head: all of them, or none is believed',
    '201',
    '\x01\nI20100\n01/15/2026 14:30\n\n' + COLUMNS + '\n  1  SUPER                   1614        1618      4402    30.11      0.57    56.61\n  2  SUPER 95                   1618      4402    30.11      0.57    56.61\n  3  DIESEL                  1618      4402    30.11      0.57    56.61\n\x03',
    [printed_tank(1, 1614, 1618, 4402, 30.11, 0.57, 56.61), {**printed_tank(2, *[None] * 6), 'rejected': [UNREADABLE]}, {**printed_tank(3, *[None] * 6), 'rejected': [UNREADABLE]}],
    TIME,
)
display('a gauge without tanks', '201', '\x01\r\nI20100\r\n    15-01-26 14:30\r\n\r\n\x03', [], TIME)
RISE = dict(startVolume=1693, startTc=1674, startWater=0, startTemperature=74.5, startHeight=18.75, endVolume=9001, endTc=8908, endWater=0, endTemperature=74.67, endHeight=65.05)
display(
    'a delivery and a tank without',
    '202',
    '\x01\r\nI20200\r\nJAN 15, 2026  2:30 PM\r\n\r\nSTATION 7\r\n\r\nDELIVERY REPORT\r\n\r\nT 1:REGULAR\r\nINCREASE   DATE / TIME             GALLONS TC GALLONS WATER  TEMP DEG F  HEIGHT\r\n\r\n      END: JAN 15, 2026  5:29 AM      9001       8908  0.00       74.67   65.05\r\n    START: JAN 15, 2026  4:55 AM      1693       1674  0.00       74.50   18.75\r\n   AMOUNT:                            7308       7234\r\n\r\nT 2:SUPER\r\n\r\n\x03',
    [{'tank': 1, 'product': '', 'deliveries': [{'start': '202601150455', 'end': '202601150529', **RISE, 'more': [], 'rejected': []}]}, {'tank': 2, 'product': '', 'deliveries': []}],
    TIME,
)
VOLUMES = dict(startVolume=1693, startTc=None, startWater=None, startTemperature=None, startHeight=None, endVolume=9001, endTc=None, endWater=None, endTemperature=None, endHeight=None)
HEAD_202 = 'INCREASE   DATE / TIME             GALLONS TC GALLONS WATER  TEMP DEG F  HEIGHT\r\n\r\n'
display(
    'deliveries with an empty column, and one whose end cannot be read',
    '202',
    '\x01\r\nI20200\r\n01-15-26  2:30 PM\r\n\r\nDELIVERY REPORT\r\n\r\nT 1:UREA 32\r\n' + HEAD_202 + '      END: 01-15-26  5:29 AM          9001       8908              74.67   65.05\r\n    START: 01-15-26  4:55 AM          1693       1674              74.50   18.75\r\n   AMOUNT:                            7308       7234\r\n\r\n      END: 01-14-26 ##:## AM          9001       8908  0.00       74.67   65.05\r\n    START: 01-14-26  4:55 AM          1693       1674  0.00       74.50   18.75\r\n   AMOUNT:                            7308       7234\r\n\r\n      END: 01-13-26  5:29 AM          9001       8908  0.00       74.67   65.05\r\n    START: 01-13-26  4:55 AM          1693       1674  0.00       74.50   18.75\r\n   AMOUNT:                            7308       7234\r\n\r\n\x03',
    [{'tank': 1, 'product': '', 'deliveries': [{'start': '202601150455', 'end': '202601150529', **VOLUMES, 'more': [], 'rejected': []}, {'start': '202601130455', 'end': '202601130529', **RISE, 'more': [], 'rejected': []}]}],
    TIME,
)
display(
    'a TLS-4xx, the start first',
    '202',
    '\x01\r\nI20200\r\nJAN 15, 2026  2:30 PM\r\n\r\nVolume=GALLONS\r\n\r\nDELIVERY REPORT\r\n\r\nTANK 1:REGULAR\r\n                           Fuel    Fuel TC    Water     Fuel      Fuel\r\n       Date / Time         Volume  Volume     Height    Temp      Height\r\nSTART: JAN 15, 2026  4:55 AM   1693    1674    0.00    74.50    18.75\r\n  END: JAN 15, 2026  5:29 AM   9001    8908    0.00    74.67    65.05\r\nAMOUNT:                        7308    7234\r\n\r\n\x03',
    [{'tank': 1, 'product': '', 'deliveries': [{'start': '202601150455', 'end': '202601150529', **RISE, 'more': [], 'rejected': []}]}],
    TIME,
)
display(
    'tank status, one with two alarms',
    '205',
    '\x01\r\nI20500\r\nJAN 15, 2026  2:30 PM\r\n\r\nSTATION 7\r\n\r\nTANK   PRODUCT                 STATUS\r\n\r\n  1    REGULAR                 NORMAL\r\n\r\n  2    SOUTH                   HIGH WATER ALARM\r\n                               LOW PRODUCT ALARM\r\n\r\n  3    PLUS                    NORMAL\r\n\r\n\x03',
    [{'tank': 1, 'types': []}, {'tank': 2, 'types': [3, 5]}, {'tank': 3, 'types': []}],
    TIME,
)
display(
    'tank status, labels of words that a status has too',
    '205',
    '\x01\r\nI20500\r\nJAN 15, 2026  2:30 PM\r\n\r\nTANK   PRODUCT                 STATUS\r\n\r\n  1    NORMAL 92               HIGH WATER ALARM\r\n                               HIGH WATER WARNING\r\n\r\n  2    SOUTH\r\n\r\n  3    NORMAL 92               NORMAL\r\n\r\n  4    DIESEL                  STRANGE ALARM\r\n\r\n\x03',
    [{'tank': 1, 'types': [3, 10]}, {'tank': 2, 'types': []}, {'tank': 3, 'types': []}, {'tank': 4, 'types': [0]}],
    TIME,
)
display(
    'system status with an alarm and a strange one',
    '101',
    '\x01\r\nI10100\r\nJAN 15, 2026  2:30 PM\r\n\r\nSTATION 7\r\n\r\nSYSTEM STATUS REPORT\r\n\r\nT 2:OVERFILL ALARM\r\nD 8:ALARM CLEAR WARNING\r\ns 3:FUEL ALARM\r\nQ 1:LINE FAIL\r\nX 2:STRANGE ALARM\r\n\r\n\x03',
    [{'category': 2, 'type': 4, 'device': 2}, {'category': 14, 'type': 0, 'device': 8}, {'category': 28, 'type': 0, 'device': 3}, {'category': 21, 'type': 0, 'device': 1}, {'category': 1, 'type': 0, 'device': 2}],
    TIME,
)
display(
    'all functions normal',
    '101',
    '\x01\r\nI10100\r\nJAN 15, 2026  2:30 PM\r\n\r\nSYSTEM STATUS REPORT\r\n\r\nALL FUNCTIONS NORMAL\r\n\r\n\x03',
    [],
    TIME,
)
json.dump(PRINTED, open(os.path.join(HERE, 'display.json'), 'w'), indent=2)
