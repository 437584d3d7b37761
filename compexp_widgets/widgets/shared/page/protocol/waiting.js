/** Shows that the kernel is at work: a thin line after 300 ms, words after 2 s, and after 30 s that it is silent. */

import { element } from "../elements/element.js";

const SLOW = 300;
const LONG = 2000;
const SILENCE = 30_000;

export class Waiting {
  /**
   * @param {(message: string, wayOn: string) => void} onSilence
   * @param {string} [advice] what would answer sooner
   */
  constructor(onSilence, advice = "A smaller beam or a shorter formula answers sooner.") {
    this.onSilence = onSilence;
    this.advice = advice;
    this.line = element("div", { class: "compexp-working", hidden: true });
    this.words = element("div", { class: "compexp-working-words compexp-caption", role: "status" });
  }

  /**
   * Begins to wait.
   *
   * @returns {() => void} ends it
   */
  begin() {
    const began = performance.now();
    let clock = 0;
    const timers = [
      setTimeout(() => (this.line.hidden = false), SLOW),
      setTimeout(() => {
        this.tell(began);
        clock = window.setInterval(() => this.tell(began), 1000);
      }, LONG),
      setTimeout(() => {
        this.onSilence(
          "The kernel has not answered for 30 s.",
          "It may be busy with another cell, or was restarted: then run the cell again.",
        );
      }, SILENCE),
    ];
    return () => {
      timers.forEach(clearTimeout);
      clearInterval(clock);
      this.line.hidden = true;
      this.words.textContent = "";
    };
  }

  /** @param {number} began */
  tell(began) {
    const seconds = Math.round((performance.now() - began) / 1000);
    this.words.textContent = `Waiting for the kernel, ${seconds} s so far. ${this.advice}`;
  }
}
