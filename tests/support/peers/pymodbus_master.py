"""An independent Modbus master (pymodbus) at the map of generic-be32: watches both points of a unit and acknowledges.

Usage: pymodbus_master.py tcp|rtu-over-tcp|serial TARGET UNIT
Prints one JSON line for each sale that waits for its acknowledge, and "wrong" when two registers disagree.
"""

import json
import sys

from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.transaction import ModbusRtuFramer

COMPLETED = 9
STRIDE = 40


def connect(kind, target):
    if kind == "serial":
        return ModbusSerialClient(port=target, baudrate=19200, timeout=2)
    host, port = target.split(":")
    if kind == "tcp":
        return ModbusTcpClient(host, port=int(port), timeout=2)
    return ModbusTcpClient(host, port=int(port), framer=ModbusRtuFramer, timeout=2)


def u32(words, at):
    return words[at] << 16 | words[at + 1]


def say(**values):
    print(json.dumps(values), flush=True)


def main():
    kind, target, unit = sys.argv[1], sys.argv[2], int(sys.argv[3])
    client = connect(kind, target)
    if not client.connect():
        sys.exit("no connection")
    running = {}
    while True:
        for point in (1, 2):
            base = (point - 1) * STRIDE
            reply = client.read_holding_registers(base, 23, unit)
            if reply.isError():
                say(wrong=str(reply))
                continue
            words = reply.registers
            state, volume, amount, price = words[0], u32(words, 2), u32(words, 4), u32(words, 6)
            if not 2 <= state <= COMPLETED:
                say(wrong="state %d" % state)
            if state == 7:
                # centilitres x thousandths: 10 000 to a cent
                if abs(amount * 1000 - volume * price) > 500 or volume < running.get(point, 0):
                    say(wrong="%d cl at %d is %d" % (volume, price, amount))
                running[point] = volume
            if state == COMPLETED:
                running[point] = 0
                say(
                    point=point,
                    number=words[12],
                    hose=words[13],
                    volume=u32(words, 14),
                    amount=u32(words, 16),
                    price=u32(words, 18),
                    totalVolume=u32(words, 8),
                    totalAmount=u32(words, 10),
                )
                if client.write_register(base + 24, words[12], unit).isError():
                    say(wrong="acknowledge refused")


main()
