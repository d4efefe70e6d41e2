import { describe, expect, it } from "vitest";
import { lastEvent, update, useStage } from "./browser.ts";
import { expectPicture } from "./picture.ts";

const stage = useStage();

describe("pictures", () => {
  it.each([
    ["fadesWithDistance", "light"],
    ["rotary", "dark"],
    ["values", "light"],
    ["capBiasSink", "light"],
    ["neuronsEdited", "light"],
    ["pairEdited", "dark"],
    ["valuesEdited", "light"],
    ["narrowEdited", "light"],
  ] as const)("%s, %s", async (name, theme) => {
    const page = await stage.open(`neuron-view/${name}`, { theme });
    await expectPicture(page, `neuron-view-${name}-${theme}`);
  });

  it("on a phone", async () => {
    const page = await stage.open("neuron-view/phone", { width: 390, height: 844 });
    await expectPicture(page, "neuron-view-phone-light");
  });
});

it("is painted once when it opens, and again when its room changes", async () => {
  const page = await stage.open("neuron-view/fadesWithDistance");
  await page.addInitScript(() => {
    const paints = { count: 0 };
    Object.assign(globalThis, { paints });
    const { clearRect } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {
      if (this.canvas.classList.contains("hs-cells")) paints.count++;
      clearRect.apply(this, box);
    };
  });
  const paints = () =>
    page.evaluate(async () => {
      for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
      return (globalThis as unknown as { paints: { count: number } }).paints.count;
    });
  await page.reload();
  await page.locator(".hs-ranking b").first().waitFor();
  expect(await paints()).toBe(1);
  await page.locator(".hs-neurons").evaluate((view) => Object.assign(view.style, { width: "700px" }));
  expect(await paints()).toBe(2);
});

describe("keys", () => {
  it("finds the neurons of figure 7 and gives every row a score and a weight", async () => {
    const page = await stage.open("neuron-view/fadesWithDistance");
    expect((await page.locator(".hs-ranking b").allTextContents()).slice(0, 3)).toEqual(["q9", "q23", "q22"]);
    const rows = await page.locator('.hs-neuron-table [role="row"]').allTextContents();
    expect(rows.at(-1)).toBe("Smith 8−.92.19");
    expect(await page.locator(".hs-neuron-table").getAttribute("aria-label")).toBe(
      "How Smith attends in head 1.10",
    );
  });

  it("is a table of numbers where it is asked to be, and a picture again", async () => {
    const page = await stage.open("neuron-view/table");
    const table = page.getByRole("table", { name: "How Smith 8 attends in head 4.11" });
    const [head, fred] = [table.locator("thead th"), table.locator("tbody tr", { hasText: "Fred" })];
    expect((await head.allTextContents()).slice(0, 3)).toEqual(["q·k / √64", "softmax", "q × k, 0"]);
    expect(await head.count()).toBe(50);
    expect((await fred.locator("td").allTextContents()).slice(0, 2)).toEqual(["22.929", "1.000"]);
    expect(await page.locator(".hs-blocks").isVisible()).toBe(false);
    await update(page, { table: false });
    await page.locator(".hs-ranking b").first().waitFor();
    expect(await table.count()).toBe(0);
  });

  it("explains the cell under the pointer", async () => {
    const page = await stage.open("neuron-view/fadesWithDistance");
    await page.mouse.move(386, 237);
    const tip = await page.locator(".hs-tip").textContent();
    expect(tip).toBe(
      "Neuron q9head 1.10q of Smith 8−3.47k of Fred.58q × k−2.02share of the pattern51%with distancer = −.84Click to scale or zero it",
    );
    expect(await lastEvent(page, "hover")).toEqual({ layer: 1, head: 10, query: 8, key: 7 });
    await page.mouse.click(386, 237);
    expect(await lastEvent(page, "neuron")).toEqual([9]);
    await page.mouse.move(5, 310);
    expect(await page.locator(".hs-tip").isVisible()).toBe(false);
    expect(await lastEvent(page, "hover")).toBeNull();
  });

  it("shows rotary pairs and shared keys", async () => {
    const page = await stage.open("neuron-view/rotary");
    const headings = await page.locator(".hs-ranking h3").allTextContents();
    expect(headings).toEqual(["Which pairs make it", "Single dimensions"]);
    expect((await page.locator(".hs-ranking b").allTextContents())[0]).toBe("pair 3");
    const text = (await page.locator(".hs-neuron-table").textContent()) ?? "";
    for (const part of [
      "keys shared by heads 4, 5",
      "q·k / √8",
      "pair 0, fast",
      "pair 3, slow",
      "18 others",
    ]) {
      expect(text).toContain(part);
    }
    await page.locator(".hs-scale").click();
    expect(await lastEvent(page, "neuron")).toEqual([3, 7]);
  });

  it("names cap, bias and sink", async () => {
    const page = await stage.open("neuron-view/capBiasSink");
    const text = (await page.locator(".hs-neuron-table").textContent()) ?? "";
    for (const part of ["q·k / 5", "capped at 20, + ALiBi bias", "sink2.00"]) expect(text).toContain(part);
  });
});

describe("edited neurons", () => {
  it("are framed in pink, dotted in the ranking and named, and nothing else is", async () => {
    const page = await stage.open("neuron-view/neuronsEdited");
    expect(await page.locator(".hs-neuron-table").getAttribute("aria-label")).toBe(
      "How Smith attends in head 1.10, edited: q9, q22, q23, k12",
    );
    const dotted = await page.locator(".hs-ranking .hs-edited b").allTextContents();
    expect(dotted).toEqual(["q9", "q23", "q22"]);
    expect(await page.locator(".hs-ranking .hs-edited").first().getAttribute("title")).toContain(", edited");
    await page.mouse.move(386, 237);
    expect(await page.locator(".hs-tip").textContent()).toContain("editedq9");
    await update(page, {
      selection: { block: "self", layer: 1, heads: [10], focus: 10, pins: [3], side: "query" },
    });
    expect(await page.locator(".hs-ranking .hs-edited").count()).toBe(0);
    await update(page, { edited: null });
    expect(await page.locator(".hs-neuron-table").getAttribute("aria-label")).toBe(
      "How also attends in head 1.10",
    );
  });
});

it("values: what is read, and which words write most", async () => {
  const page = await stage.open("neuron-view/values");
  expect(await page.locator(".hs-ranking b").first().textContent()).toBe("b");
  expect(await page.locator(".hs-ranking .hs-amount").first().textContent()).toBe("79%");
  const text = (await page.locator(".hs-neuron-table").textContent()) ?? "";
  for (const part of ["Value v", "weight × v", "output", "size"]) expect(text).toContain(part);
  expect(text).not.toContain("pair");
});

it("says what is missing", async () => {
  const page = await stage.open("neuron-view/noPin");
  const says = page.locator(".hs-says");
  expect(await says.textContent()).toBe("Click a word on the left to see how its attention is made.");
  await update(page, {
    selection: { block: "self", layer: 1, heads: [10], focus: 10, pins: [2], side: "query" },
  });
  expect(await says.isVisible()).toBe(false);
  await update(page, { vectors: "values" });
  expect(await says.textContent()).toBe("This recorded run has no values.");
  const other = await stage.open("neuron-view/noKeys");
  expect(await other.locator(".hs-says").textContent()).toBe("This recorded run has no queries and keys.");
});

it("the bar chooses keys or values, where values were recorded", async () => {
  const page = await stage.open("neuron-view/bar");
  expect(await page.locator(".hs-neuron-bar").first().textContent()).toContain("How the attends in head 4.4");
  await page.getByRole("radio", { name: "Values" }).first().click();
  expect(await lastEvent(page, "vectors")).toBe("values");
  const absent = page.getByRole("radio", { name: "Values" }).last();
  expect(await absent.getAttribute("aria-disabled")).toBe("true");
  expect(await absent.getAttribute("title")).toBe("This recorded run has no values.");
});
