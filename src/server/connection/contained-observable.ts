import { Observable, Subscriber, type Observer, type Operator } from 'rxjs';

/**
 * Events for the application. rxjs throws what a subscriber throws at the process, which would end with
 * everybody's connections; here it is reported, and the subscriber goes on.
 */
export class ContainedObservable<T> extends Observable<T> {
  constructor(
    source: Observable<T>,
    private readonly report: (error: unknown) => void,
  ) {
    super();
    this.source = source;
  }

  /** Keeps what operators make of it contained, too. */
  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const lifted = new ContainedObservable<R>(
      this as Observable<unknown> as Observable<R>,
      this.report,
    );
    lifted.operator = operator as unknown as Operator<unknown, R>;
    return lifted;
  }

  override subscribe(
    observerOrNext?: Partial<Observer<T>> | ((value: T) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ) {
    // Another operator's, or firstValueFrom()'s: what it throws goes down its own chain.
    if (observerOrNext instanceof Subscriber) return super.subscribe(observerOrNext);
    const observer =
      typeof observerOrNext === 'function'
        ? { next: observerOrNext, error, complete }
        : (observerOrNext ?? {});
    return super.subscribe({
      next: (value) => this.contain(() => observer.next?.(value)),
      error: (reason: unknown) =>
        this.contain(() => (observer.error ?? this.report).call(observer, reason)),
      complete: () => this.contain(() => observer.complete?.()),
    });
  }

  private contain(call: () => unknown): void {
    try {
      const result = call();
      if (result instanceof Promise) result.catch(this.report);
    } catch (error) {
      this.report(error);
    }
  }
}
