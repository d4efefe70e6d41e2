import { Template } from "@huggingface/jinja";
import { describe, expect, it } from "vitest";
import { type ChatMessage, loadChatTemplate } from "./chat.ts";
import { memorySource } from "./memory.ts";
import { CheckpointError } from "./source.ts";

const user = (content: string): ChatMessage => ({ role: "user", content });
const CHATML =
  "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nBe kind.<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

function load(config: object, files: Record<string, string> = {}) {
  return loadChatTemplate(memorySource("m", { "tokenizer_config.json": JSON.stringify(config), ...files }));
}

describe("loadChatTemplate", () => {
  it("renders messages up to the assistant's answer", async () => {
    const template = (await load({ chat_template: CHATML }))!;
    expect(template([user("Hi")])).toBe(
      "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
    );
  });

  it("knows the special tokens, given as text or as objects", async () => {
    const template = "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}";
    const config = { bos_token: "<s>", eos_token: { content: "</s>" }, chat_template: template };
    expect((await load(config))!([user("a")])).toBe("<s>a</s>");
  });

  it("takes the default of several templates, and a file before the config", async () => {
    const several = [
      { name: "tool_use", template: "tools" },
      { name: "default", template: "plain" },
    ];
    expect((await load({ chat_template: several }))!([])).toBe("plain");
    expect((await load({ chat_template: several }, { "chat_template.jinja": "file" }))!([])).toBe("file");
  });

  it("is null where there is none", async () => {
    expect(await load({})).toBeNull();
    expect(await loadChatTemplate(memorySource("m", {}))).toBeNull();
  });

  it("says what is wrong with a template or with the messages", async () => {
    await expect(load({ chat_template: "{% for %}" })).rejects.toThrow(CheckpointError);
    const strict = (await load({ chat_template: "{{ raise_exception('roles must alternate') }}" }))!;
    expect(() => strict([user("a")])).toThrow("refuses these messages: roles must alternate");
  });

  it.each([
    [
      "a text that doubles",
      "{% set n = namespace(x='a') %}{% for i in range(28) %}{% set n.x = n.x ~ n.x %}{% endfor %}{{ n.x }}",
      "it makes 268435456 characters of them; at most 10000000 are read",
    ],
    ["an indent of a billion", "{{ 'a\n'|indent(1000000000) }}", "refuses these messages"],
    ["a range of a billion", "{{ range(1000000000) }}", "range() of 1000000000 numbers; at most 100000"],
    ["a range without an end", "{{ range(0, 5, 0) }}", "a step that is not 0"],
    ["brackets", `{{${"(".repeat(200_000)}1${")".repeat(200_000)}}}`, "cannot be read"],
    ["open ifs", "{% if 1 %}".repeat(50_000), "cannot be read"],
    ["a way out", "{{ ''.constructor.constructor('return process')() }}", "refuses these messages"],
  ])("with %s ends in a sentence", async (_, program, said) => {
    const render = async () => (await load({}, { "chat_template.jinja": program }))!([user("a")]);
    await expect(render()).rejects.toThrow(CheckpointError);
    await expect(render()).rejects.toThrow(said);
  });

  it("counts as Jinja does", async () => {
    const program =
      "{% for i in range(3) %}{{ i }}{% endfor %};{% for i in range(5, 0, -2) %}{{ i }}{% endfor %};{{ range(2, 2) | length }}";
    const template = (await loadChatTemplate(memorySource("m", { "chat_template.jinja": program })))!;
    expect(template([{ role: "user", content: "a" }])).toBe("012;531;0");
  });

  it.each([
    "\n  {% if true %}x{% endif %}\n y",
    "  {% if true %}\nx{% endif %}",
    " {{- 'a' }}\n",
    "{%- if true %} a{% endif %}",
  ])("keeps the white space of %j", async (program) => {
    const template = (await loadChatTemplate(memorySource("m", { "chat_template.jinja": program })))!;
    expect(template([{ role: "user", content: "a" }])).toBe(new Template(program).render({}));
  });

  it("is stopped where it does not end", async () => {
    const loop =
      "{% for i in range(3000) %}{% for j in range(3000) %}{% for k in range(3000) %}{% endfor %}{% endfor %}{% endfor %}";
    const template = (await loadChatTemplate(memorySource("m", { "chat_template.jinja": loop })))!;
    expect(() => template([{ role: "user", content: "a" }])).toThrow("did not end within 2 seconds");
  });
});
