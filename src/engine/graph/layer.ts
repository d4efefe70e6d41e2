// One block: attention, cross-attention where there is one, and mlp, each a branch of the residual stream.

import type { Branch, Convolution, Layer } from "../description.ts";
import { activation } from "./activation.ts";
import { attention } from "./attention.ts";
import type { ValueName } from "./builder.ts";
import { mlp } from "./mlp.ts";
import { norm } from "./norm.ts";
import type { Scope } from "./scope.ts";

/** The stream before the block to the stream after it, [n, hidden]. */
export function layerBlock(scope: Scope, layer: Layer, stream: ValueName, index: number): ValueName {
  const before = scope.tapStream(index, "resid_pre", stream);
  const after = layer.parallel
    ? parallel(scope, layer, before, index)
    : sequential(scope, layer, before, index);
  const whole = layer.convolution ? withNeighbours(scope, layer.convolution, before, after) : after;
  return scope.tapStream(index, "resid_post", whole);
}

/** norm(after + activation(convolution over before)) */
function withNeighbours({ g }: Scope, c: Convolution, before: ValueName, after: ValueName): ValueName {
  const kernel = g.weight(c.weight, [c.width, c.width / c.groups, c.kernel]);
  const columns = g.reshape(g.transpose(before, 1, 0), 1, c.width, -1);
  const side = (c.kernel - 1) / 2;
  const attributes = { pads: [side, side], group: c.groups };
  const convolved = g.op("Conv", [columns, kernel, g.weight(c.bias, [c.width])], attributes);
  const added = activation(g, c.activation, g.transpose(g.reshape(convolved, c.width, -1), 1, 0));
  return norm(g, g.op("Add", [after, added]), c.norm);
}

function sequential(scope: Scope, layer: Layer, stream: ValueName, index: number): ValueName {
  const { block } = scope.stack;
  let x = branch(scope, layer.attention, stream, (a, input) =>
    attention(scope, a, input, { block, layer: index }),
  );
  if (layer.cross) {
    const at = { block: "cross", layer: index } as const;
    x = branch(scope, layer.cross, x, (a, input) => attention(scope, a, input, at));
  }
  const middle = scope.tapStream(index, "resid_mid", x);
  return branch(scope, layer.mlp, middle, (m, input) => mlp(scope, m, input, index));
}

/** stream = after(stream + post(branch(pre(stream)))) */
function branch<T>(
  { g }: Scope,
  { body, pre, post, after, residual }: Branch<T>,
  stream: ValueName,
  compute: (body: T, input: ValueName) => ValueName,
): ValueName {
  const input = norm(g, stream, pre);
  const result = norm(g, compute(body, input), post);
  return norm(g, g.op("Add", [residual === "normed" ? input : stream, result]), after);
}

/** Attention and mlp from the same stream; there is no stream between them. */
function parallel(scope: Scope, layer: Layer, stream: ValueName, index: number): ValueName {
  const { g, stack } = scope;
  const input = norm(g, stream, layer.attention.pre);
  const attended = attention(scope, layer.attention.body, input, { block: stack.block, layer: index });
  const mlpInput = layer.parallel === "shared-norm" ? input : norm(g, stream, layer.mlp.pre);
  const computed = mlp(scope, layer.mlp.body, mlpInput, index);
  return g.op("Add", [g.op("Add", [attended, computed]), stream]);
}
