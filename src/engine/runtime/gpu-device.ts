// The graphics device that WebGPU computes on: asked for, watched, given back. WebGPU does not throw where a device
// refuses its work, it goes on with zeros; so everything runs between error scopes, and what they catch is thrown.
// https://www.w3.org/TR/webgpu/#error-scopes

import { explainedGpu } from "../errors.ts";

/** A graphics device that is there. */
export interface Gpu {
  readonly device: GPUDevice;
  /** As the browser names it, e.g. "apple metal-3". */
  readonly name: string;
  /** True once work was handed to the device. */
  readonly used: boolean;
  /** Do work on the device; rejects with an error of ours where it is lost, or refuses a part of the work. */
  watched<T>(work: () => Promise<T>): Promise<T>;
  destroy(): void;
}

/** Limits that onnxruntime wants as high as the adapter has them; the default is 128 MB for one array. */
const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupsPerDimension",
] as const;

/**
 * A device, or why there is none. It is asked for without optional features (half-precision arithmetic, subgroups), so
 * that every machine runs the kernels that were compared with Transformers.
 */
export async function openGpu(): Promise<Gpu | { readonly why: string }> {
  const { gpu } = navigator as { readonly gpu?: GPU };
  if (!gpu) return { why: "This browser has no WebGPU." };
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (!adapter) return { why: "This browser has WebGPU, but no graphics device that it lets pages use." };
  try {
    const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
    const device = await adapter.requestDevice({ requiredLimits });
    const { vendor, architecture, description } = adapter.info;
    return watch(device, [vendor, architecture].filter(Boolean).join(" ") || description || "unnamed device");
  } catch (error) {
    return { why: `The graphics device was refused (${(error as Error).message}).` };
  }
}

/** A device whose work is watched. */
export function watch(device: GPUDevice, name: string): Gpu {
  let used = false;
  const submit = device.queue.submit.bind(device.queue);
  device.queue.submit = (buffers) => {
    used = true;
    submit(buffers);
  };
  const lost = device.lost.then(({ reason, message }): never => {
    throw explainedGpu(new Error(`the graphics device was lost (${message || reason})`));
  });
  lost.catch(() => undefined);
  return {
    device,
    name,
    get used() {
      return used;
    },
    watched: async (work) => {
      for (const filter of SCOPES) device.pushErrorScope(filter);
      const done = await Promise.race([work(), lost]).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      const caught = await Promise.race([Promise.all(SCOPES.map(() => device.popErrorScope())), lost]);
      // The device's own word says more than what onnxruntime makes of it.
      const refused = caught.find((error) => error !== null);
      if (refused) throw explainedGpu(new Error(kindOf(refused) + refused.message));
      if ("error" in done) throw explainedGpu(done.error);
      return done.value;
    },
    destroy: () => device.destroy(),
  };
}

const SCOPES = ["internal", "validation", "out-of-memory"] as const;

/** Messages of a device that is out of memory need not say so. */
function kindOf(error: GPUError): string {
  return error instanceof GPUOutOfMemoryError ? "out of memory: " : "";
}
