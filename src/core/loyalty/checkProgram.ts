/** What a program's shape cannot say: references, dates and rules that could never do anything. */
import type { Program } from '../../model/config/program.ts';
import { compare, fraction, fromDecimal, one } from './fraction.ts';

export interface ProgramProblem {
  /** Where in the file: keys and list positions. */
  readonly path: (string | number)[];
  readonly message: string;
  readonly hint: string;
  /** Default error. A grade that this station does not sell is a warning: one program serves many stations. */
  readonly severity?: 'warning';
}

const sections = ['earn', 'tiers', 'memberDays', 'campaigns', 'discounts', 'coupons'] as const;

/** Every problem of a program that has passed its schema; `grades` are the ids that the station knows. */
export function checkProgram(program: Program, grades: readonly string[]): ProgramProblem[] {
  const tiers = program.tiers.map(({ id }) => id);
  return [
    ...sections.flatMap((section) => repeatedIds(section, program[section])),
    ...sections.flatMap((section) =>
      program[section].flatMap((rule, i) => references([section, i], rule, grades, tiers)),
    ),
    ...program.campaigns.flatMap((campaign, i) => dates(['campaigns', i], campaign)),
    ...program.coupons.flatMap((coupon, i) => dates(['coupons', i], coupon)),
    ...repeatedCodes(program),
    ...program.memberDays.flatMap(memberDayProblems),
    ...program.campaigns.flatMap(campaignProblems),
    ...program.discounts.flatMap(discountProblems),
  ];
}

function repeatedIds(section: string, rules: readonly { id: string }[]): ProgramProblem[] {
  return rules.flatMap(({ id }, i) => {
    const first = rules.findIndex((rule) => rule.id === id);
    if (first === i) return [];
    return [
      {
        path: [section, i, 'id'],
        message: `"${id}" is the id of ${section} rule ${first + 1} already`,
        hint: 'Give each rule of a list its own id: explanations and records name rules by it.',
      },
    ];
  });
}

function repeatedCodes({ coupons }: Program): ProgramProblem[] {
  return coupons.flatMap(({ code }, i) => {
    const first = coupons.find((coupon) => coupon.code === code);
    if (first === undefined || first === coupons[i]) return [];
    const hint = 'Give each coupon its own code; to offer one again, change its dates.';
    return [{ path: ['coupons', i, 'code'], message: `coupon ${first.id} has this code already`, hint }];
  });
}

interface Referring {
  readonly id: string;
  readonly grades?: readonly string[] | undefined;
  readonly tiers?: readonly string[] | undefined;
}

function references(
  path: (string | number)[],
  rule: Referring,
  grades: readonly string[],
  tiers: readonly string[],
): ProgramProblem[] {
  const unknown = (key: 'grades' | 'tiers', known: readonly string[], where: string): ProgramProblem[] =>
    (rule[key] ?? []).flatMap((name, i) => {
      if (known.includes(name)) return [];
      const message = `unknown ${key.slice(0, -1)} "${name}"`;
      const hint = `${where} has: ${known.join(', ') || 'none'}.`;
      return [
        {
          path: [...path, key, i],
          message,
          hint,
          ...(key === 'grades' ? { severity: 'warning' as const } : {}),
        },
      ];
    });
  return [...unknown('grades', grades, 'The station'), ...unknown('tiers', tiers, 'The program')];
}

function dates(path: (string | number)[], { from, to }: { from: string; to: string }): ProgramProblem[] {
  const wrong = Object.entries({ from, to }).flatMap(([key, date]) =>
    exists(date)
      ? []
      : [
          {
            path: [...path, key],
            message: `there is no day ${date}`,
            hint: 'Write year-month-day of a day that exists.',
          },
        ],
  );
  if (from <= to) return wrong;
  return [
    ...wrong,
    {
      path: [...path, 'to'],
      message: `ends on ${to}, before it begins on ${from}`,
      hint: 'Exchange `from` and `to`.',
    },
  ];
}

function exists(date: string): boolean {
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
}

function memberDayProblems(day: Program['memberDays'][number], i: number): ProgramProblem[] {
  const path = ['memberDays', i];
  const problems = multiplierProblems([...path, 'multiplier'], day.multiplier);
  if (day.weekdays !== undefined || day.monthDays !== undefined) return problems;
  const message = `member day ${day.id} says neither \`weekdays\` nor \`monthDays\``;
  return [
    ...problems,
    { path, message, hint: 'Say on which days it is; for a span of dates write a campaign.' },
  ];
}

function campaignProblems(campaign: Program['campaigns'][number], i: number): ProgramProblem[] {
  const path = ['campaigns', i];
  if (campaign.multiplier !== undefined)
    return multiplierProblems([...path, 'multiplier'], campaign.multiplier);
  if (campaign.bonus !== undefined) return [];
  const message = `campaign ${campaign.id} gives neither \`bonus\` nor \`multiplier\``;
  return [{ path, message, hint: 'Say what it gives.' }];
}

function multiplierProblems(path: (string | number)[], multiplier: string): ProgramProblem[] {
  if (compare(fromDecimal(multiplier), one) > 0) return [];
  const hint = 'A member day or campaign only adds: write a multiplier above 1, such as 1.5.';
  return [{ path, message: `a multiplier of ${multiplier} adds nothing`, hint }];
}

function discountProblems(discount: Program['discounts'][number], i: number): ProgramProblem[] {
  const path = ['discounts', i];
  const { perLitre, percent } = discount;
  const hint = 'Write one of the two.';
  if (perLitre === undefined && percent === undefined) {
    return [{ path, message: `discount ${discount.id} has neither \`perLitre\` nor \`percent\``, hint }];
  }
  if (perLitre !== undefined && percent !== undefined) {
    return [{ path, message: `discount ${discount.id} has both \`perLitre\` and \`percent\``, hint }];
  }
  if (percent !== undefined && compare(fromDecimal(percent), fraction(100)) > 0) {
    return [
      {
        path: [...path, 'percent'],
        message: `${percent} % is more than the amount`,
        hint: 'Write 100 or less.',
      },
    ];
  }
  return [];
}
