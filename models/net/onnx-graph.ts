/** Builds an ONNX model (IR 8, opset 13): https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. */
import { ProtobufMessage } from './protobuf.ts';

/** Integers, one float, a text. */
export type Attribute = number | readonly number[] | string | { readonly float: number };
export type Dimension = number | string;

const FLOAT = 1;
const INT64 = 7;
const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

export class OnnxGraph {
  private readonly name: string;
  private readonly nodes: ProtobufMessage[] = [];
  private readonly constants: ProtobufMessage[] = [];
  private readonly inputs: ProtobufMessage[] = [];
  private readonly outputs: ProtobufMessage[] = [];
  private count = 0;

  constructor(name: string) {
    if (!littleEndian) throw new Error('weights are written in the machine’s byte order, expected little-endian');
    this.name = name;
  }

  input(name: string, shape: readonly Dimension[]): string {
    this.inputs.push(valueInfo(name, shape));
    return name;
  }

  output(name: string, shape: readonly Dimension[]): void {
    this.outputs.push(valueInfo(name, shape));
  }

  constant(name: string, shape: readonly number[], data: Float32Array | BigInt64Array): string {
    const tensor = new ProtobufMessage();
    for (const side of shape) tensor.varint(1, side);
    tensor.varint(2, data instanceof Float32Array ? FLOAT : INT64).text(8, name);
    this.constants.push(tensor.blob(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
    return name;
  }

  /** Adds a node with one output; returns the output's name. */
  node(type: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}, output?: string) {
    return this.nodeOf(type, inputs, attributes, [output ?? `${type}-${this.count}`])[0];
  }

  /** Adds a node with several outputs. */
  nodeOf(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: readonly string[],
  ): readonly string[] {
    const node = new ProtobufMessage();
    for (const input of inputs) node.text(1, input);
    for (const output of outputs) node.text(2, output);
    node.text(3, `n${this.count++}`).text(4, type);
    for (const [key, value] of Object.entries(attributes)) node.message(5, attributeOf(key, value));
    this.nodes.push(node);
    return outputs;
  }

  finish(): Uint8Array {
    const graph = new ProtobufMessage();
    for (const node of this.nodes) graph.message(1, node);
    graph.text(2, this.name);
    for (const constant of this.constants) graph.message(5, constant);
    for (const input of this.inputs) graph.message(11, input);
    for (const output of this.outputs) graph.message(12, output);
    const opset = new ProtobufMessage().text(1, '').varint(2, 13);
    return new ProtobufMessage().varint(1, 8).text(2, 'openaisle').message(7, graph).message(8, opset).finish();
  }
}

function attributeOf(name: string, value: Attribute): ProtobufMessage {
  const out = new ProtobufMessage().text(1, name);
  if (typeof value === 'number') return out.varint(3, value).varint(20, 2);
  if (typeof value === 'string') return out.text(4, value).varint(20, 3);
  if ('float' in value) return out.float(2, value.float).varint(20, 1);
  for (const one of value) out.varint(8, one);
  return out.varint(20, 7);
}

function valueInfo(name: string, shape: readonly Dimension[]): ProtobufMessage {
  const sides = new ProtobufMessage();
  for (const side of shape) {
    const one = new ProtobufMessage();
    sides.message(1, typeof side === 'number' ? one.varint(1, side) : one.text(2, side));
  }
  const tensor = new ProtobufMessage().varint(1, FLOAT).message(2, sides);
  return new ProtobufMessage().text(1, name).message(2, new ProtobufMessage().message(1, tensor));
}
