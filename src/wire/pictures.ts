// A picture of a request: its bytes travel beside the message, not in its JSON.

import type { Message } from "./frames.ts";
import type { PageInput, Request } from "./protocol.ts";

const NAME = "image";

/** The request with its picture's bytes beside it. */
export function pictureBeside(request: Request): Message {
  if (!("input" in request) || !request.input.image) return { ...request };
  const { data, width, height } = request.input.image;
  const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  return {
    ...request,
    input: { ...request.input, image: { width, height } },
    tensors: [[NAME, { dtype: "U8", shape: [height, width, 4], data: bytes }]],
  };
}

/** The request as it was. */
export function pictureInside({ tensors = [], ...rest }: Message): Request {
  const data = tensors.find(([name]) => name === NAME)?.[1].data;
  const request = rest as unknown as Request & { readonly input?: PageInput };
  if (!data || !request.input?.image) return request;
  const image = { ...request.input.image, data: data as Uint8Array };
  return { ...request, input: { ...request.input, image } } as Request;
}
