/** A texture in plain memory, RGBA. */
interface SoftTexture {
  width: number;
  height: number;
  rgba: Uint8Array;
}
interface SoftFramebuffer {
  texture: SoftTexture | null;
}
interface SoftBuffer {
  bytes: Uint8Array;
}
type View = ArrayBufferView & { readonly BYTES_PER_ELEMENT: number; readonly length: number };
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: View;
}

const NONE = new Uint8Array(0);
const PIXEL_PACK_BUFFER = 0x88eb;
const UNPACK_FLIP_Y = 0x9240;
const FRAMEBUFFER_BINDINGS = [0x8ca6, 0x8ca8, 0x8caa];
/** Numbers by which MediaPipe asks or compares. */
const CONSTANTS = {
  TEXTURE_2D: 0x0de1,
  RGBA: 0x1908,
  UNSIGNED_BYTE: 0x1401,
  FLOAT: 0x1406,
  RED: 0x1903,
  UNPACK_FLIP_Y_WEBGL: UNPACK_FLIP_Y,
  FRAMEBUFFER: 0x8d40,
  COLOR_ATTACHMENT0: 0x8ce0,
  FRAMEBUFFER_COMPLETE: 0x8cd5,
  NO_ERROR: 0,
  MAX_TEXTURE_SIZE: 0x0d33,
  VERSION: 0x1f02,
  SHADING_LANGUAGE_VERSION: 0x8b8c,
  VENDOR: 0x1f00,
  RENDERER: 0x1f01,
};
const PARAMETERS: Readonly<Record<number, unknown>> = {
  [CONSTANTS.VERSION]: 'WebGL 2.0 (software)',
  [CONSTANTS.SHADING_LANGUAGE_VERSION]: 'WebGL GLSL ES 3.00',
  [CONSTANTS.VENDOR]: 'software',
  [CONSTANTS.RENDERER]: 'software',
  [CONSTANTS.MAX_TEXTURE_SIZE]: 8192,
  34921: 16,
  34930: 16,
  35661: 32,
  34852: 8,
  36063: 8,
};

const bytesOf = (view: View, from = 0) =>
  new Uint8Array(
    view.buffer,
    view.byteOffset + from * view.BYTES_PER_ELEMENT,
    view.byteLength - from * view.BYTES_PER_ELEMENT,
  );

/**
 * The part of WebGL 2 through which MediaPipe's CPU delegate takes a picture in: upload to a texture, read back through a
 * framebuffer. Everything else answers as if it had worked: nothing is drawn.
 */
class SoftWebGl {
  readonly drawingBufferWidth = 1;
  readonly drawingBufferHeight = 1;
  readonly canvas: object;
  private texture: SoftTexture | null = null;
  private framebuffer: SoftFramebuffer | null = null;
  private packBuffer: SoftBuffer | null = null;
  private isFlipped = false;

  constructor(canvas: object) {
    this.canvas = canvas;
    Object.assign(this, CONSTANTS);
  }

  getContextAttributes = () => ({ alpha: true, antialias: false, depth: true });
  getSupportedExtensions = () => [];
  getExtension = () => null;
  isContextLost = () => false;
  getError = () => 0;
  getParameter = (name: number) => (FRAMEBUFFER_BINDINGS.includes(name) ? this.framebuffer : (PARAMETERS[name] ?? 0));

  createTexture = (): SoftTexture => ({ width: 0, height: 0, rgba: NONE });
  bindTexture = (_: number, texture: SoftTexture | null) => {
    this.texture = texture;
  };
  pixelStorei = (name: number, value: number) => {
    if (name === UNPACK_FLIP_Y) this.isFlipped = Boolean(value);
  };
  texStorage2D = (_target: number, _levels: number, _format: number, width: number, height: number) => {
    this.fill(width, height, new Uint8Array(4 * width * height));
  };
  /** Six arguments upload a picture, nine an array. */
  texImage2D = (...a: unknown[]) => {
    if (a.length === 6) {
      const { width, height, data } = a[5] as Picture;
      const rgba = bytesOf(data);
      this.fill(width, height, this.isFlipped ? upsideDown(rgba, 4 * width) : rgba);
    } else {
      const [width, height] = [a[3] as number, a[4] as number];
      const source = a[8] as View | null;
      const size = 4 * width * height;
      const rgba = source ? bytesOf(source, (a[9] as number) || 0).slice(0, size) : new Uint8Array(size);
      this.fill(width, height, rgba);
    }
  };
  texSubImage2D = (...a: unknown[]) => {
    const [x, y, width, height, source] = [a[2], a[3], a[4], a[5], a[8]] as [number, number, number, number, View];
    const { texture } = this;
    if (!source || x !== 0 || y !== 0 || width !== texture?.width || height !== texture.height) return;
    texture.rgba = bytesOf(source, (a[9] as number) || 0).slice(0, 4 * width * height);
  };

  createFramebuffer = (): SoftFramebuffer => ({ texture: null });
  bindFramebuffer = (_: number, framebuffer: SoftFramebuffer | null) => {
    this.framebuffer = framebuffer;
  };
  framebufferTexture2D = (_target: number, _attachment: number, _kind: number, texture: SoftTexture) => {
    if (this.framebuffer) this.framebuffer.texture = texture;
  };
  checkFramebufferStatus = () => CONSTANTS.FRAMEBUFFER_COMPLETE;
  /** Reads into an array, or into the bound buffer when `into` is a place in it. */
  readPixels = (x: number, y: number, w: number, h: number, _f: number, _t: number, into: View | number, from = 0) => {
    const texture = this.framebuffer?.texture;
    if (!texture) throw new Error('pixels are read without a texture, expected one to be uploaded first');
    const out = typeof into === 'number' ? this.packed(4 * w * h) : bytesOf(into, from);
    for (let row = 0; row < h; row++) {
      const at = 4 * ((y + row) * texture.width + x);
      out.set(texture.rgba.subarray(at, at + 4 * w), 4 * w * row);
    }
  };

  createBuffer = (): SoftBuffer => ({ bytes: NONE });
  bindBuffer = (target: number, buffer: SoftBuffer | null) => {
    if (target === PIXEL_PACK_BUFFER) this.packBuffer = buffer;
  };
  bufferData = (target: number, size: unknown) => {
    if (target === PIXEL_PACK_BUFFER && typeof size === 'number') this.packed(size);
  };
  getBufferSubData = (_: number, from: number, into: View, at = 0, length = 0) => {
    const { bytes } = this.packBuffer!;
    const out = bytesOf(into, at);
    const end = length ? from + length * into.BYTES_PER_ELEMENT : Math.min(bytes.length, from + out.length);
    out.set(bytes.subarray(from, end));
  };

  createVertexArray = () => ({});
  createShader = () => ({});
  createProgram = () => ({});
  getShaderParameter = () => true;
  getProgramParameter = () => 1;
  getShaderInfoLog = () => '';
  getProgramInfoLog = () => '';
  getUniformLocation = () => ({});
  getAttribLocation = () => 0;
  getActiveUniform = () => ({ name: 'u', size: 1, type: CONSTANTS.FLOAT });
  fenceSync = () => ({});
  clientWaitSync = () => 0x911a;
  getShaderPrecisionFormat = () => ({ rangeMin: 127, rangeMax: 127, precision: 23 });

  private fill(width: number, height: number, rgba: Uint8Array): void {
    if (this.texture) Object.assign(this.texture, { width, height, rgba });
  }

  private packed(size: number): Uint8Array {
    const buffer = this.packBuffer!;
    if (buffer.bytes.length < size) buffer.bytes = new Uint8Array(size);
    return buffer.bytes;
  }
}

function upsideDown(rgba: Uint8Array, rowBytes: number): Uint8Array {
  const out = new Uint8Array(rgba.length);
  for (let at = 0; at < rgba.length; at += rowBytes)
    out.set(rgba.subarray(at, at + rowBytes), rgba.length - rowBytes - at);
  return out;
}

/** Fields that Emscripten and MediaPipe keep on a context of their own accord: absent until they set them. */
const OWN_FIELDS = /^current|Source|Proxy|^my/;

/** Unknown constants are 0, unknown calls do nothing. */
function forgiving(context: SoftWebGl): SoftWebGl {
  return new Proxy(context, {
    get(target, key) {
      if (typeof key === 'symbol') return undefined;
      const known = Reflect.get(target, key);
      if (known !== undefined) return known;
      if (key === key.toUpperCase()) return 0;
      return OWN_FIELDS.test(key) ? undefined : () => undefined;
    },
  });
}

/** Canvas of a thread without a screen; its context is the software one above. */
export class SoftCanvas {
  width: number;
  height: number;
  #context: SoftWebGl | null = null;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  getContext(): object {
    return (this.#context ??= forgiving(new SoftWebGl(this)));
  }

  addEventListener(): void {}

  removeEventListener(): void {}
}
