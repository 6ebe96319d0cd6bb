/** Questions that tasks ask before they change anything, and the answers of whoever follows them. */

import { ProvisioningError, type RunId } from "@provisioning/model";

interface Question {
  readonly digest: string;
  readonly answer: (isAgreed: boolean) => void;
}

export class Confirmations {
  /** Whoever asked and went away has not agreed. */
  readonly #patienceMs: number;
  readonly #questions = new Map<RunId, Question>();

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** False when nobody answers, or when `signal` aborts. */
  ask(task: RunId, digest: string, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (isAgreed: boolean) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", decline);
        this.#questions.delete(task);
        resolve(isAgreed);
      };
      const decline = () => finish(false);
      const timer = setTimeout(decline, this.#patienceMs);
      signal.addEventListener("abort", decline, { once: true });
      this.#questions.set(task, { digest, answer: finish });
      if (signal.aborted) decline();
    });
  }

  /** @throws ProvisioningError CONFIRMATION_NONE when this is not what is asked */
  answer(task: RunId, digest: string, isAgreed: boolean): void {
    const question = this.#questions.get(task);
    if (question?.digest !== digest) {
      throw new ProvisioningError({
        code: "CONFIRMATION_NONE",
        message: "This task does not ask for such a confirmation.",
        hint: "Read its events: it may have been answered already, or the plan is another one by now.",
      });
    }
    question.answer(isAgreed);
  }
}
