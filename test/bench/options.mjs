import { parseArgs } from 'node:util';

export const USAGE = `npm run bench [-- options]

  --rounds N         how often each measurement is repeated (default 5)
  --seconds S        length of one measurement (default 1; 20 with --limits)
  --warmup S         length of its warm-up (default 0.5; 3 with --limits)
  --scenarios a,b    only these; each is a name or its beginning (--list shows them)
  --quick            one short round of small sizes, to see that everything runs
  --report           print the tables of the last run again

  --limits           what the limits cost: our server with and without them, in one process
  --cluster          what it costs to be several processes, through a redis-server of the bench's own;
                     --scenarios names its parts, --profile profiles its nodes
  --before COMMIT    with --cluster: one process of today against one of that commit
  --profile          where our server's CPU time goes, under bursts or in the scenario that is named
  --list, --help`;

const NUMBERS = ['rounds', 'seconds', 'warmup'];

function parse(args) {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  const options = {
    rounds: text,
    seconds: text,
    warmup: text,
    scenarios: { ...text, default: '' },
    quick: flag,
    report: flag,
    limits: flag,
    cluster: flag,
    before: text,
    profile: flag,
    list: flag,
    help: flag,
  };
  return parseArgs({ args, options }).values;
}

function numberOf(name, value) {
  const number = Number(value);
  if (number > 0 && (name !== 'rounds' || Number.isInteger(number))) return number;
  throw new Error(`--${name} expects a number above 0, got "${value}".`);
}

function timingOf({ quick, profile, limits, cluster }) {
  if (quick) return { seconds: 0.2, warmup: 0.1 };
  if (cluster) return { seconds: 1, warmup: 1 };
  if (profile) return { seconds: 5, warmup: 2 };
  return limits ? { seconds: 20, warmup: 3 } : { seconds: 1, warmup: 0.5 };
}

/** @param {string[]} args @throws for unknown options and wrong values */
export function readOptions(args) {
  const values = parse(args);
  const defaults = { rounds: values.quick ? 1 : 5, ...timingOf(values) };
  const given = NUMBERS.filter((name) => values[name] !== undefined);
  const numbers = Object.fromEntries(given.map((name) => [name, numberOf(name, values[name])]));
  const { warmup: warmUp, ...others } = { ...defaults, ...numbers };
  return { ...values, ...others, warmUp, names: values.scenarios.split(',').filter(Boolean) };
}
