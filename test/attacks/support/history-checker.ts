/** A publish that was acknowledged. */
export interface Acknowledged {
  readonly room: string;
  readonly value: string;
  readonly epoch: string;
  readonly offset: number;
}

/** What one member saw of one room, in order, over all of its connections. */
export type Observation =
  | {
      readonly kind: 'entered';
      readonly recovered: boolean;
      readonly epoch: string;
      readonly offset: number;
    }
  | { readonly kind: 'message'; readonly value: string };

export interface ObservedRoom {
  readonly member: string;
  readonly room: string;
  readonly observations: readonly Observation[];
}

interface Place {
  readonly epoch: string;
  readonly offset: number;
}

/**
 * Finds what the guarantees of rooms with history exclude: an acknowledged publish that is lost, comes
 * twice or out of order, except behind a gap that the member was told of.
 *
 * A publish that was not acknowledged may have been stored or not. Where one was seen, it takes an offset
 * between those of its neighbours; nothing more is asked of it, but that it comes once.
 */
export class HistoryChecker {
  readonly faults: string[] = [];
  /** The acknowledged ones of each room and epoch, by their offset. */
  private readonly byOffset = new Map<string, Map<number, string>>();
  private readonly places = new Map<string, Place>();

  constructor(private readonly acknowledged: readonly Acknowledged[]) {
    for (const publish of acknowledged) this.note(publish);
  }

  /** @param isComplete Whether the member was there when everything had come to rest */
  check({ member, room, observations }: ObservedRoom, isComplete: boolean): void {
    const fault = (what: string) => this.faults.push(`${member} in ${room}: ${what}`);
    const seen = new Set<string>();
    let at: Place | undefined;
    for (const observation of observations) {
      if (observation.kind === 'entered') {
        if (observation.recovered && at) this.checkBetween(room, at, observation, fault);
        at = { epoch: observation.epoch, offset: observation.offset };
        continue;
      }
      const { value } = observation;
      if (seen.has(value)) fault(`${value} came twice`);
      seen.add(value);
      at = this.follow(room, at, value, fault);
    }
    if (isComplete && at) this.checkEnd(room, at, fault);
  }

  private note(publish: Acknowledged): void {
    const { room, value, epoch, offset } = publish;
    const offsets = this.offsetsOf(room, epoch);
    const other = offsets.get(offset);
    if (other !== undefined) this.faults.push(`${room}: ${value} and ${other} are both ${offset}`);
    offsets.set(offset, value);
    this.places.set(value, publish);
  }

  private follow(
    room: string,
    at: Place | undefined,
    value: string,
    fault: (what: string) => void,
  ): Place | undefined {
    const place = this.places.get(value);
    if (!place) return at;
    if (!at) fault(`${value} came before it was in the room`);
    else if (place.epoch !== at.epoch) fault(`${value} is of another epoch, without a gap`);
    else if (place.offset <= at.offset) fault(`${value} (${place.offset}) is behind ${at.offset}`);
    else this.checkMissing(room, at, place.offset - 1, fault);
    return place;
  }

  /** It was told that it got everything up to there. */
  private checkBetween(
    room: string,
    at: Place,
    { epoch, offset }: Place,
    fault: (what: string) => void,
  ): void {
    if (epoch !== at.epoch) fault(`recovered over a change of epoch`);
    else this.checkMissing(room, at, offset, fault);
  }

  private checkEnd(room: string, at: Place, fault: (what: string) => void): void {
    this.checkMissing(room, at, Infinity, fault);
    const last = this.acknowledged.findLast((publish) => publish.room === room);
    if (last && last.epoch !== at.epoch) fault('it is not where the room is in the end');
  }

  /** Those that were acknowledged behind `at` and up to `to` should have been seen. */
  private checkMissing(room: string, at: Place, to: number, fault: (what: string) => void): void {
    for (const [offset, value] of this.offsetsOf(room, at.epoch)) {
      if (offset > at.offset && offset <= to) fault(`${value} (${offset}) is lost`);
    }
  }

  private offsetsOf(room: string, epoch: string): Map<number, string> {
    const key = `${room} ${epoch}`;
    const offsets = this.byOffset.get(key) ?? new Map<number, string>();
    this.byOffset.set(key, offsets);
    return offsets;
  }
}

/** A fault of each kind, put into what was seen, somewhere in the middle. */
export const PLANTS = {
  drop: (values: readonly Observation[], at: number) => values.toSpliced(at, 1),
  duplicate: (values: readonly Observation[], at: number) => values.toSpliced(at, 0, values[at]!),
  swap: (values: readonly Observation[], at: number) =>
    values.toSpliced(at, 2, values[at + 1]!, values[at]!),
} as const;

/** Where two acknowledged messages follow each other, so that a fault there can be seen. */
export function plantable(
  observations: readonly Observation[],
  acknowledged: ReadonlySet<string>,
): number[] {
  const isKnown = (one: Observation | undefined) =>
    one?.kind === 'message' && acknowledged.has(one.value);
  return observations.flatMap((one, index) => {
    const neighbours = [
      observations[index - 1],
      one,
      observations[index + 1],
      observations[index + 2],
    ];
    return neighbours.every(isKnown) ? [index] : [];
  });
}
