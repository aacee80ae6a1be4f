"""A Veeder-Root gauge, written from the protocol's description alone, told by lines of JSON on stdin what it holds.

    tls_gauge.py tcp | serial PATH BAUD [--pace]

The first line out is `ready PORT` (0 for serial). Each line in is merged into the state and answered with `= ok`; `{"ask": NAME}`
is answered with `= JSON`. --pace sends each byte at its time on the line (10 bits), and hears a request only after its own time.

State:
  code            six characters, or null
  clock           seconds that the gauge's clock is ahead of UTC (minutes are printed)
  units           1 US, 2 metric, 3 imperial
  tanks           {"1": {"product": "1", "status": 0, "floats": [...], "weighed": [...] for i214}}; null for one that is not there (printed with ?)
  deliveries      {"1": [{"start": "2601150800", "end": ..., "floats": [...]}]}
  adjusted        the same for i21B
  alarms          ["020402"]
  alarm_history   ["0200040202" + time]
  history         {"1": [{"time": ..., "floats": [...]}]}
  labels          {"1": "DIESEL"}
  limits          {"604": {"1": 20000.0}}
  unknown         functions that it does not know: ["517", "i201"], or with one tank, or with none: ["i20103", "20200"]
  mute            functions that it does not answer: ["i201"], or with a tank: ["i20103"]
  refusal         how it says so: "9999FF1B"
  checksum        added to each checksum
  left_out        tanks that it leaves out of the answer for all
  silent          true: answers nothing
  display         {"eol": "\\r\\n", "nul": 6, "soh": true, "etx": true, "date": "%b %d, %Y %I:%M %p"}
  echo            true: sends back what it hears
  faults          used up one a reply: {"late": ms} {"half": bytes} {"corrupt": offset} {"noise": "hex"} {"drop": true} {"pieces": n}
"""

import asyncio
import datetime
import json
import os
import struct
import sys
import termios
import time
import tty

SOH, ETX = b"\x01", b"\x03"

state = {
    "code": None, "clock": 0, "units": 2, "tanks": {}, "deliveries": {}, "adjusted": {}, "alarms": [], "alarm_history": [],
    "history": {}, "labels": {}, "limits": {}, "unknown": [], "mute": [], "left_out": [], "silent": False, "echo": False, "faults": [],
    "refusal": "9999FF1B", "checksum": 0,
    "display": {"eol": "\r\n", "nul": 6, "soh": True, "etx": True, "date": "%b %d, %Y %I:%M %p"},
}
heard = []
set_clocks = []


def now():
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=state["clock"])


def single(value):
    return "????????" if value is None else struct.pack(">f", value).hex().upper()


def floats(values):
    return "%02X" % len(values) + "".join(single(value) for value in values)


def wanted(tank):
    if tank != "00":
        return [str(int(tank))]
    return [each for each in sorted(state["tanks"], key=int) if int(each) not in state["left_out"]]


def inventory(tank):
    out = ""
    for number in wanted(tank):
        if number not in state["tanks"]:
            continue
        held = state["tanks"][number]
        if held is None:
            out += "%02d" % int(number) + "?" * 63
        else:
            out += "%02d%s%04X%s" % (int(number), held.get("product", "1"), held.get("status", 0), floats(held["floats"]))
    return out


def deliveries(tank, newest=False):
    out = ""
    for number in wanted(tank):
        made = state["deliveries"].get(number, [])[-1 if newest else 0:]
        out += "%02d1%02d" % (int(number), len(made))
        out += "".join(each["start"] + each["end"] + floats(each["floats"]) for each in made)
    return out


def computer(function, tank, data):
    if function == "201":
        return inventory(tank)
    if function == "214":
        return "".join("%02d%s%04X%s" % (int(each), "1", 0, floats(state["tanks"][each]["weighed"])) for each in wanted(tank))
    if function in ("202", "20C"):
        return deliveries(tank, function == "20C")
    if function == "21B":
        out = ""
        for number in wanted(tank):
            made = state["adjusted"].get(number, [])
            out += "%02d%02d" % (int(number), len(made))
            out += "".join(each["start"] + each["end"] + floats(each["floats"]) for each in made)
        return out
    if function == "21E":
        kept = [each for each in state["history"].get(str(int(tank)), []) if each["time"] >= data]
        return "%02d1%04d" % (int(tank), len(kept)) + "".join(each["time"] + floats(each["floats"]) for each in kept)
    if function == "101":
        return "".join(state["alarms"]) or "000000"
    if function == "111":
        return "".join(state["alarm_history"])
    if function == "501":
        return now().strftime("%y%m%d%H%M")
    if function in ("505", "517"):
        return str(state["units"])
    if function == "602":
        return "".join("%02d%-20s" % (int(each), state["labels"].get(each, "")) for each in wanted(tank))
    if function in state["limits"]:
        return "".join("%02d%s" % (int(each), single(state["limits"][function].get(each))) for each in wanted(tank))
    return None


def display(function, tank):
    if function == "201":
        lines = ["", "", "STATION 7", "", "IN-TANK INVENTORY", "",
                 "TANK PRODUCT             VOLUME TC VOLUME   ULLAGE   HEIGHT    WATER     TEMP"]
        for number in wanted(tank):
            held = state["tanks"].get(number)
            name = state["labels"].get(number, "")
            if held is None:
                lines.append("%3s  %-20s ???????? ???????? ???????? ???????? ???????? ????????" % (number, name))
                continue
            volume, corrected, ullage, height, water, temperature = held["floats"][:6]
            lines.append("%3s  %-20s %8.0f %8.0f %8.0f %8.2f %8.2f %8.2f"
                         % (number, name, volume, corrected, ullage, height, water, temperature))
        return lines
    if function == "202":
        lines = ["", "STATION 7", "", "DELIVERY REPORT", ""]
        for number in wanted(tank):
            lines += ["T %s:%s" % (number, state["labels"].get(number, "")),
                      "INCREASE   DATE / TIME             GALLONS TC GALLONS WATER  TEMP DEG F  HEIGHT", ""]
            for made in reversed(state["deliveries"].get(number, [])):
                first = made["floats"]
                for name, moment, at in (("  END", made["end"], (4, 5, 6, 7, 9)), ("START", made["start"], (0, 1, 2, 3, 8))):
                    date = datetime.datetime.strptime(moment, "%y%m%d%H%M").strftime(state["display"]["date"])
                    lines.append("    %s: %s %8.0f %8.0f %6.2f %8.2f %8.2f" % (name, date, *[first[index] for index in at]))
                lines.append("   AMOUNT: %8.0f" % (first[4] - first[0]))
        return lines
    if function == "101":
        words = {"02": "HIGH WATER ALARM"}
        types = {"03": "HIGH WATER ALARM", "04": "OVERFILL ALARM", "05": "LOW PRODUCT ALARM"}
        standing = ["T %d:%s" % (int(each[4:6]), types.get(each[2:4], words["02"])) for each in state["alarms"]]
        return ["", "SYSTEM STATUS REPORT", ""] + (standing or ["ALL FUNCTIONS NORMAL"])
    return None


def answer(request):
    """The reply to one request without its SOH, or None for silence."""
    code = state["code"] or ""
    if not code and request[0] not in "iIsS":
        # Such as a security code that it does not have.
        return refusal()
    if not request.startswith(code) or state["silent"]:
        return None
    request = request[len(code):]
    letter, function, tank, data = request[0], request[1:4], request[4:6], request[6:]
    if letter + function in state["mute"] or letter + function + tank in state["mute"]:
        return None
    if any(each in state["unknown"] for each in (letter + function, function, letter + function + tank, function + tank)):
        return refusal()
    if letter in "sS" and function == "501":
        set_clocks.append(data)
        moment = datetime.datetime.strptime(data[:10], "%y%m%d%H%M").replace(tzinfo=datetime.timezone.utc)
        state["clock"] = (moment - datetime.datetime.now(datetime.timezone.utc)).total_seconds()
        return frame("%s50100%s%s" % (letter, now().strftime("%y%m%d%H%M"), data[:10]))
    if letter == "I":
        lines = display(function, tank)
        if lines is None:
            return refusal()
        form = state["display"]
        end = form["eol"] + "\0" * form["nul"]
        text = end.join(["", "I" + function + tank, now().strftime(form["date"]).upper(), *lines, ""])
        return (SOH if form["soh"] else b"") + text.encode() + (ETX if form["etx"] else b"")
    body = computer(function, tank, data)
    return refusal() if body is None else frame(request[:6] + now().strftime("%y%m%d%H%M") + body)


def refusal():
    return SOH + state["refusal"].encode() + ETX


def frame(text):
    summed = SOH + text.encode() + b"&&"
    return summed + b"%04X" % (state["checksum"] - sum(summed) & 0xFFFF) + ETX


class Line:
    """Requests have no end: one is whole when it has its six characters and its data, or another SOH comes."""

    def __init__(self, send, hang_up):
        self.send, self.hang_up, self.text = send, hang_up, None
        self.queue = asyncio.Queue()
        self.worker = asyncio.ensure_future(self.work())

    def hear(self, received):
        if state["echo"]:
            self.send(received)
        for byte in received:
            if byte == 1:
                self.text = ""
            elif self.text is not None:
                self.text += chr(byte)
                head = len(state["code"] or "") + 6
                function = self.text[head - 6:head]
                if len(self.text) == head + (10 if function[:4] in ("i21E", "s501", "S501") else 0):
                    heard.append(self.text)
                    self.queue.put_nowait(self.text)
                    self.text = None

    async def work(self):
        while True:
            reply = answer(await self.queue.get())
            if reply is None:
                continue
            fault = state["faults"].pop(0) if state["faults"] else {}
            if "late" in fault:
                await asyncio.sleep(fault["late"] / 1000)
            if "noise" in fault:
                reply = bytes.fromhex(fault["noise"]) + reply
            if "corrupt" in fault:
                at = fault["corrupt"]
                reply = reply[:at] + bytes([reply[at] ^ 4]) + reply[at + 1:]
            if "half" in fault:
                reply = reply[:fault["half"]]
            for at in range(0, len(reply), fault.get("pieces", len(reply))):
                self.send(reply[at:at + fault.get("pieces", len(reply))])
                if "pieces" in fault:
                    await asyncio.sleep(0.003)
            if fault.get("drop"):
                self.hang_up()


class Client(asyncio.Protocol):
    def connection_made(self, transport):
        self.line = Line(transport.write, transport.abort)

    def data_received(self, received):
        self.line.hear(received)

    def connection_lost(self, error):
        self.line.worker.cancel()


def open_serial(path, baud, pace):
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(port, termios.TCSANOW)
    busy = [0.0]

    def send(reply):
        if not pace:
            os.write(port, reply)
            return
        busy[0] = max(busy[0], time.monotonic())
        for byte in reply:
            busy[0] += 10 / baud
            while (left := busy[0] - time.monotonic()) > 0:
                time.sleep(left)
            os.write(port, bytes([byte]))

    def hear():
        received = os.read(port, 4096)
        busy[0] = max(busy[0], time.monotonic()) + len(received) * 10 / baud
        line.hear(received)

    line = Line(send, lambda: None)
    asyncio.get_event_loop().add_reader(port, hear)


async def commands():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        told = json.loads(line)
        if "ask" in told:
            print("= " + json.dumps({"heard": heard, "set_clocks": set_clocks}[told["ask"]]), flush=True)
            continue
        state.update(told)
        print("= ok", flush=True)


async def main():
    port = 0
    if sys.argv[1] == "tcp":
        server = await asyncio.get_running_loop().create_server(Client, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
    else:
        open_serial(sys.argv[2], int(sys.argv[3]), "--pace" in sys.argv)
    print("ready %d" % port, flush=True)
    await commands()


asyncio.run(main())
