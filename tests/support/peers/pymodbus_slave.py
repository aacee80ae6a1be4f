"""Modbus slaves made of pymodbus, told by lines on stdin what their registers hold.

    pymodbus_slave.py serial PATH BAUD | rtu-over-tcp | modbus-tcp

The first line out is `ready PORT` (0 for serial). Commands, each answered with `= ...` (a unit answers from its first `set` on;
only registers that were set exist, others are refused as a device refuses them):
    set UNIT ADDRESS VALUE... [/ ADDRESS VALUE...]   holding registers, all at once
    input UNIT ADDRESS VALUE... [/ ...]              the same for input registers
    get UNIT ADDRESS COUNT
    reads UNIT ADDRESS                               read requests so far that covered the register
    mute UNIT, unmute UNIT                           no answers, as without power
What a master wrote is told as `wrote UNIT ADDRESS VALUE...`.
"""

import asyncio
import logging
import sys

from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.server import async_io
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer


def say(text):
    print(text, flush=True)


class Registers(ModbusSparseDataBlock):
    """Counts reads and tells writes."""

    def __init__(self, unit):
        super().__init__({})
        self.unit = unit
        self.reads = {}

    def getValues(self, address, count=1):
        for each in range(address, address + count):
            self.reads[each] = self.reads.get(each, 0) + 1
        return super().getValues(address, count)

    def setValues(self, address, values, use_as_default=False):
        super().setValues(address, values, use_as_default)
        say(f"wrote {self.unit} {address} {' '.join(map(str, values))}")


class Slaves:
    def __init__(self):
        self.context = ModbusServerContext(slaves={}, single=False)
        self.units = {}
        self.inputs = {}

    def command(self, words):
        name, unit, *rest = words
        unit = int(unit)
        if name in ("set", "input"):
            if unit not in self.units:
                self.units[unit] = Registers(unit)
                self.inputs[unit] = Registers(unit)
                self.unmute(unit)
            registers = (self.units if name == "set" else self.inputs)[unit]
            for block in " ".join(rest).split("/"):
                address, *values = map(int, block.split())
                registers.values.update(enumerate(values, address))
            return "ok"
        registers = self.units[unit]
        if name == "get":
            address, count = map(int, rest)
            return " ".join(str(registers.values[each]) for each in range(address, address + count))
        if name == "reads":
            return str(registers.reads.get(int(rest[0]), 0))
        if name == "mute":
            del self.context[unit]
            return "ok"
        if name == "unmute":
            self.unmute(unit)
            return "ok"
        raise ValueError(name)

    def unmute(self, unit):
        self.context[unit] = ModbusSlaveContext(
            hr=self.units[unit], ir=self.inputs[unit], zero_mode=True
        )


async def start(slaves, kind, *place):
    if kind == "serial":
        path, baud = place
        server = async_io.ModbusSerialServer(
            slaves.context, ModbusRtuFramer, port=path, baudrate=int(baud), ignore_missing_slaves=True
        )
        await server.start()
        return 0
    framer = {"rtu-over-tcp": ModbusRtuFramer, "modbus-tcp": ModbusSocketFramer}[kind]
    server = async_io.ModbusTcpServer(
        slaves.context, framer, address=("127.0.0.1", 0), ignore_missing_slaves=True
    )
    asyncio.get_running_loop().create_task(server.serve_forever())
    await server.serving
    return server.server.sockets[0].getsockname()[1]


async def main():
    slaves = Slaves()
    say(f"ready {await start(slaves, *sys.argv[1:])}")
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(commands), sys.stdin
    )
    while line := await commands.readline():
        say(f"= {slaves.command(line.decode().split())}")


logging.disable(logging.CRITICAL)
asyncio.run(main())
