import { describe, expect, it } from "vitest";
import { CheckpointError } from "../checkpoint/index.ts";
import { InputError } from "../engine/index.ts";
import { Failure, SafetensorsError } from "./index.ts";

describe("a named error", () => {
  it.each([Failure, SafetensorsError, CheckpointError, InputError])(
    "of %o quotes strangers escaped",
    (Class) => {
      const { message, stack } = new Class(
        "it says \u001b]0;owned\u0007\u202Egnp.exe\u2066\u009b, over\ntwo lines",
      );
      expect(message).toBe("it says \\x1B]0;owned\\x07\\u202Egnp.exe\\u2066\\x9B, over\ntwo lines");
      expect(stack).not.toContain("\u001b");
    },
  );

  it("leaves other scripts alone", () => {
    const said = "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \u{1f600} e\u0301\u200d";
    expect(new Failure(said).message).toBe(said);
  });
});
