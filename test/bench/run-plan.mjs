import { measure } from './measure.mjs';
import { format } from './statistics.mjs';

/**
 * @typedef {object} Row one measurement
 * @property {number} round
 * @property {string} scenario
 * @property {string} contender
 * @property {number} [point]
 * @property {number} value in the unit of the scenario
 * @property {number} [p95] milliseconds that light clients beside waited
 * @property {number} [p99]
 * @property {number} count messages, deliveries, handshakes or connections
 */

/**
 * Makes the measurements of a plan, with a line for each.
 *
 * @param {ReturnType<import('./plan.mjs').planOf>} plan
 * @param {{ seconds: number, warmUp: number }} options
 * @param {(row: Row) => void} keep
 * @returns {Promise<number>} how many failed
 */
export async function runPlan(plan, options, keep) {
  let failures = 0;
  for (const [index, { round, scenario, contender }] of plan.entries()) {
    const { name, point, unit } = scenario;
    const what = `[${index + 1}/${plan.length}] ${name} ${point ?? ''} ${contender.name}`;
    try {
      const { value, count, p95, p99 } = await measure(scenario, contender, options);
      keep({ round, scenario: name, contender: contender.name, point, value, count, p95, p99 });
      const light = p95 === undefined ? '' : `, light p95 ${format(p95)} ms`;
      console.error(`${what}: ${format(value)} ${unit}${light}`);
    } catch (error) {
      failures++;
      console.error(`${what}: FAILED, ${error.message}`);
    }
  }
  return failures;
}
