/** Warnings and alerts of this run as status shows them, beside the dispensers' alarms. */
import type { AlarmView, Push } from './view.ts';

export interface Notices {
  take(event: Push): void;
  /** With these, newest first. */
  with(alarms: readonly AlarmView[]): AlarmView[];
}

const kept = 50;

export function createNotices(): Notices {
  let list: AlarmView[] = [];
  const add = (notice: AlarmView): void => {
    list = [notice, ...list].slice(0, kept);
  };
  return {
    take(event) {
      if (event.type === 'warning') {
        const { at, fuellingPoint, warning, text } = event.data;
        add({ at, fuellingPoint, alarm: warning, text });
      } else if (event.type === 'alert') {
        const { at, fuellingPoint, kind, sale, text } = event.data;
        add({ at, fuellingPoint, alarm: kind, text: `sale ${sale}: ${text}` });
      }
    },
    with: (alarms) => [...list, ...alarms].sort((one, other) => (one.at < other.at ? 1 : -1)).slice(0, kept),
  };
}
