import type { Command } from 'commander';
import type { DeviceView } from '../../station/view.ts';
import { get, socketOf } from '../client.ts';
import { print, printJson } from '../output.ts';
import { dash, dim, red, state, time } from '../render/format.ts';
import { table } from '../render/table.ts';
import { type DaemonOptions, daemonCommand } from './daemonOptions.ts';

const ms = (value: number | null): string => (value === null ? '-' : value.toFixed(1));

export const devicesCommand = (): Command =>
  daemonCommand('devices')
    .description('Every device on the lines: is it there, how fast, how well.')
    .addHelpText('after', '\nExample:\n  forecourt devices --json | jq \'.[] | select(.state != "online")\'')
    .action(async (options: DaemonOptions) => {
      const devices = await get<DeviceView[]>(socketOf(options, process.env), '/v1/devices');
      if (options.json) return printJson(devices);
      print(
        table(
          [
            'device',
            'line',
            'unit>',
            'profile',
            'state',
            'last good',
            'requests>',
            'time-outs>',
            'bad>',
            'exceptions>',
            'late>',
            'strays>',
            'p50 ms>',
            'p99 ms>',
            'faults>',
          ],
          devices.map((device) => [
            device.id,
            device.line,
            String(device.unit),
            device.profile,
            state(device.state),
            time(device.lastGoodAt),
            String(device.requests),
            String(device.timeouts),
            String(device.badFrames),
            String(device.exceptions),
            String(device.lateReplies),
            String(device.strays),
            ms(device.rttP50Ms),
            ms(device.rttP99Ms),
            String(device.faults),
          ]),
        ),
      );
      for (const { id, lastFault } of devices) if (lastFault) print(red(` ${id}: last fault ${lastFault}`));
      const assumed = new Map(devices.map((device) => [device.profile, device.assumptions]));
      for (const [profile, assumptions] of assumed) {
        for (const assumption of assumptions) print(dim(` ${dash(profile)} assumes: ${assumption}`));
      }
    });
