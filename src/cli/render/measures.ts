/** Volumes, lengths, temperatures and times of tanks as people read them; `-` where there is none. */

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ' ');

/** Millilitres as whole litres, rounded: `18 432`. */
export function wholeLitres(ml: number | null): string {
  if (ml === null) return '-';
  const litres = Math.round(Math.abs(ml) / 1000);
  return `${ml < 0 && litres > 0 ? '-' : ''}${grouped(String(litres))}`;
}

/** A difference in millilitres as litres with its sign, rounded to a tenth: `+12.3`. */
export const litresDifference = (ml: number | null): string =>
  ml === null ? '-' : signed(Math.round(ml / 100), 1);

/** Millionths as percent with their sign, rounded to a hundredth: `-0.52`. */
export const percentDifference = (ppm: number | null): string =>
  ppm === null ? '-' : signed(Math.round(ppm / 100), 2);

function signed(value: number, decimals: number): string {
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0');
  const sign = value < 0 ? '-' : value > 0 ? '+' : '';
  return `${sign}${grouped(digits.slice(0, -decimals))}.${digits.slice(-decimals)}`;
}

/** Of a whole, percent without decimals; null where one of them is not known. */
export const percentOf = (part: number | null, whole: number | null): number | null =>
  part === null || whole === null || whole <= 0 ? null : Math.round((part / whole) * 100);

/** 1/100 degC as degrees with one decimal. */
export const celsius = (centi: number | null): string =>
  centi === null ? '-' : signed(Math.round(centi / 10), 1).replace('+', '');

/** 1/10 mm as millimetres with one decimal. */
export const millimetres = (tenths: number | null): string =>
  tenths === null ? '-' : signed(Math.round(tenths), 1).replace('+', '');

/** Local date and time of day to the minute: `2026-11-28 06:10`. */
export function dayTime(at: string | null): string {
  const date = new Date(at ?? '');
  return Number.isNaN(date.getTime()) ? '-' : `${date.toLocaleDateString('sv')} ${hourMinute(date)}`;
}

export const hourMinute = (date: Date): string => date.toTimeString().slice(0, 5);

/** A span of hours, coarse: `5 h`, `2 d 4 h`. */
export function span(hours: number | null): string {
  if (hours === null) return '-';
  if (hours < 1) return 'less than 1 h';
  const whole = Math.floor(hours);
  return whole < 24 ? `${whole} h` : `${Math.floor(whole / 24)} d ${whole % 24} h`;
}
