/**
 * What links a quiz to a class: the student's hand-in and, on the lecturer's page (which has `answers=` in its address), the
 * answer key and the answers of the class. Their programs are fetched when they are wanted.
 */
import { codeOf } from "./quiz-marks.mjs";

export class QuizClass {
  /** @param {import("./quiz.mjs").Quiz} quiz */
  constructor(quiz) {
    this.quiz = quiz;
    this.classCode = "";
  }

  /** @param {URLSearchParams} parameters of the address */
  read(parameters) {
    this.classCode = parameters.get("class_code") ?? "";
    if (parameters.has("answers") && !this.isLecturer) this.#teach(parameters.get("answers"));
  }

  async #teach(answers) {
    this.isLecturer = true;
    const { section, view } = this.quiz;
    const program = await import("./class-answers.mjs").catch(() => null);
    if (!program) return;
    this.answers = new program.ClassAnswers(section.querySelector(".key"), view, answers.length > 1 ? answers : "");
    this.show();
  }

  /** Count the answers to what is asked now. */
  show() {
    this.answers?.show(this.quiz.active ? this.#set() : null);
  }

  async handIn() {
    const program = await import("./hand-in.mjs").catch(() => null);
    if (!program) return this.quiz.form.say("The dialog could not be fetched. Load the page again.");
    this.dialog ??= new program.HandIn(this.quiz.view);
    return this.dialog.open({ ...this.#set(), classCode: this.classCode });
  }

  /** What the address says of it. */
  query() {
    const isOpen = this.quiz.key.isOpen ? 1 : 0;
    return { answers: this.isLecturer ? this.answers?.key || isOpen : "", class_code: this.classCode };
  }

  /** The questions as one hands them in and counts them. */
  #set() {
    const { view, seed, marks } = this.quiz;
    const questions = this.quiz.questions();
    const places = questions.map((cell) => this.quiz.placeOf(cell));
    const title = seed === null ? "These settings" : `Exercise ${seed}`;
    return { code: codeOf(view, seed, questions), marks: marks.text(questions), places, title };
  }
}
