import CameraControls from 'camera-controls';
import * as THREE from 'three';
import { ATLAS_WIDTH_PX, atlasTiles } from '../../render/fronts/atlas-tiles.ts';
import { sceneShapes } from '../../render/scene/shapes.ts';
import { ShopScene } from '../../render/scene/shop-scene.ts';
import { STOCK_ROWS, timeOf } from '../../render/scene/snapshot-layout.ts';
import { ROW } from '../../render/scene/stock-log.ts';
import type { CameraPlan } from '../../scenario/run.ts';
import type { LiveModel } from '../live-model.ts';
import type { TrackedBody } from '../moment.ts';
import type { SightLine } from '../play/slot-picker.ts';
import { BoxOutline } from './box-outline.ts';
import { cameraEye, frustumLines } from './camera-eye.ts';
import { HandPathLines } from './hand-paths.ts';
import { InstanceMeshes } from './instance-meshes.ts';
import { printMaterial } from './print-material.ts';
import { Sharpness } from './sharpness.ts';
import { TrackMarks } from './track-marks.ts';

CameraControls.install({ THREE });
THREE.Object3D.DEFAULT_UP.set(0, 0, 1);

/** Where one looks from. */
export type Viewpoint = 'overview' | 'plan' | 'free';

/** Heights of the field of view: from outside, and out of somebody's eyes. */
const VIEW_DEG = 42;
const EYES_DEG = 78;
/** Walls end here for those who look in from above, metres. */
const CUT_M = 0.95;
const UNCUT_M = 99;
const FRUSTUM_M = 3;
const FRUSTUM_COLOUR = 0x0072b2;
/** Distance from whom one walks by hand. */
const APPROACH_M = 4.5;
/** Steep enough to look over shelves: angle from straight above. */
const APPROACH_RAD = 0.62;
const MOST_STOCK_BYTES = 1 << 27;

/** The shop in three dimensions: the scene of the cameras' pictures, drawn with WebGL. */
export class ShopCanvas {
  readonly element: HTMLCanvasElement;
  readonly camera = new THREE.PerspectiveCamera(VIEW_DEG, 1, 0.1, 200);
  readonly #renderer: THREE.WebGLRenderer;
  readonly #world = new THREE.Scene();
  readonly #controls: CameraControls;
  readonly #scene: ShopScene;
  readonly #still: InstanceMeshes;
  readonly #moving: InstanceMeshes;
  readonly #stock = new ArrayBuffer(1 << 20, { maxByteLength: MOST_STOCK_BYTES });
  readonly #uniforms = { cutM: { value: CUT_M }, brightness: { value: 1 } };
  readonly #changed = new Set<number>();
  readonly #sizeM: readonly [number, number];
  #shown: Float32Array | null = null;
  readonly #eyes = new Map<string, THREE.PerspectiveCamera>();
  #frusta: THREE.LineSegments[] = [];
  readonly #sharpness = new Sharpness(Math.min(2, devicePixelRatio));
  /** The picture no longer shows what it should. */
  #isStale = true;
  readonly #marks = new TrackMarks();
  readonly #paths = new HandPathLines();
  readonly #outline = new BoxOutline();
  #marked = '';
  #stockRows = 0;
  #isUnsized = true;
  /** Which of the two long ways to look shows more fronts of shelves: −1 from low y, 1 from high y. */
  readonly #frontSide: 1 | -1;

  constructor(model: LiveModel, atlas: THREE.Texture, isMotionReduced: boolean) {
    const { run } = model;
    this.#sizeM = run.store.sizeM;
    const fronts = run.store.fixtures.reduce(
      (sum, { facingRad, shelves }) => sum + Math.sin(facingRad) * shelves.length,
      0,
    );
    this.#frontSide = fronts > 0 ? 1 : -1;
    this.#renderer = new THREE.WebGLRenderer({ antialias: true, powerPreference: 'high-performance' });
    this.element = this.#renderer.domElement;
    this.#renderer.toneMapping = THREE.ACESFilmicToneMapping;
    this.#renderer.toneMappingExposure = 1.15;
    this.#sharpness.isFixed = new URLSearchParams(location.search).has('still');
    this.#renderer.setPixelRatio(this.#sharpness.ratio);
    this.#scene = new ShopScene(run, this.#stock);
    const { tiles, heightPx } = atlasTiles(run.products.length);
    const plan = { tiles, widthPx: ATLAS_WIDTH_PX, heightPx };
    const material = printMaterial(atlas, this.#uniforms);
    const shapes = sceneShapes();
    this.#still = new InstanceMeshes(this.#scene.still, shapes, material, plan);
    this.#moving = new InstanceMeshes(this.#scene.moving, shapes, material, plan);
    this.#still.rebuild();
    this.#world.add(this.#still.group, this.#moving.group, this.#marks.mesh, this.#outline.lines, this.#paths.group);
    this.#light();
    this.#controls = new CameraControls(this.camera, this.element);
    this.#controls.smoothTime = isMotionReduced ? 0 : 0.22;
    this.#controls.maxPolarAngle = 1.52;
    this.#controls.minDistance = 0.3;
    this.#controls.maxDistance = 60;
  }

  /** Rows of the stock log from `firstRow` on. */
  stock(firstRow: number, rows: Float32Array): void {
    const end = 4 * (firstRow * ROW + rows.length);
    while (this.#stock.byteLength < end) this.#stock.resize(Math.min(MOST_STOCK_BYTES, 2 * this.#stock.byteLength));
    new Float32Array(this.#stock).set(rows, firstRow * ROW);
    this.#stockRows = Math.max(this.#stockRows, firstRow + rows.length / ROW);
  }

  /** Shows the moment of a snapshot, once the stock that it counts on has come. */
  show(snapshot: Float32Array): void {
    if (snapshot === this.#shown || snapshot[STOCK_ROWS] > this.#stockRows) return;
    this.#shown = snapshot;
    this.#isStale = true;
    this.#scene.show(snapshot, (instance) => this.#changed.add(instance));
    if (this.#changed.size > 0) this.#still.update(this.#changed);
    this.#changed.clear();
    this.#moving.rebuild();
    this.#uniforms.brightness.value = this.#scene.brightness;
  }

  /** Time of the scene that is shown, µs; NaN before the first. */
  get shownUs(): number {
    return this.#shown ? timeOf(this.#shown) : Number.NaN;
  }

  /** Shows where the engine has people, who is picked, and who else may have been it. */
  mark(bodies: readonly TrackedBody[], pickedTripId: string | null, rivals: ReadonlyMap<string, number>): void {
    const key = JSON.stringify([pickedTripId, [...rivals], bodies.map(({ xM, yM, cart }) => [xM, yM, cart?.tripId])]);
    if (key === this.#marked) return;
    this.#marked = key;
    this.#marks.show(bodies, pickedTripId, rivals);
    this.#isStale = true;
  }

  /** Draws a change and the hands near it; see `HandPathLines`. */
  trace(...what: Parameters<HandPathLines['show']>): void {
    this.#paths.show(...what);
    this.#isStale = true;
  }

  /** Draws a frame when it would differ from the last one. */
  draw(elapsedMs: number): void {
    const hasMoved = this.#controls.update(elapsedMs / 1000);
    if (!hasMoved && !this.#isStale) return;
    this.#isStale = false;
    this.#uniforms.cutM.value = this.camera.position.z > 3 ? CUT_M : UNCUT_M;
    const beforeMs = performance.now();
    this.#renderer.render(this.#world, this.camera);
    this.#sharpness.took(performance.now() - beforeMs);
    if (this.#sharpness.isFixed) this.element.dataset.calls = String(this.load.calls);
    if (this.#sharpness.ratio !== this.#renderer.getPixelRatio()) {
      this.#renderer.setPixelRatio(this.#sharpness.ratio);
      this.#isStale = true;
    }
  }

  resize(widthPx: number, heightPx: number): void {
    if (widthPx === 0 || heightPx === 0) return;
    const isFirst = this.#isUnsized;
    this.#isUnsized = false;
    this.#renderer.setSize(widthPx, heightPx);
    this.#isStale = true;
    this.camera.aspect = widthPx / heightPx;
    this.camera.updateProjectionMatrix();
    if (isFirst) this.look('overview', false);
  }

  look(viewpoint: Viewpoint, isSmooth = true): void {
    this.#widen(VIEW_DEG);
    const [width, depth] = this.#sizeM;
    // Far enough for the whole floor in whichever direction the picture is narrower.
    const half = Math.tan(((this.camera.fov / 2) * Math.PI) / 180);
    const across = width / 2 / (half * Math.min(1.9, Math.max(0.6, this.camera.aspect)));
    if (viewpoint === 'plan') {
      const high = 1.08 * Math.max(across, depth / 2 / half);
      void this.#controls.setLookAt(width / 2, depth / 2 - 0.01, high, width / 2, depth / 2, 0, isSmooth);
    } else if (viewpoint === 'overview') {
      const far = 1.02 * Math.max(across, (0.8 * depth) / 2 / half) + depth * 0.3;
      const side = this.#frontSide;
      const [x, y, z] = [width * 0.5, depth * 0.5 + side * far * 0.72, far * 0.69];
      void this.#controls.setLookAt(x, y, z, width / 2, depth * 0.5 - side * depth * 0.07, 0.5, isSmooth);
    }
  }

  /** Keeps a point of the floor in the middle. */
  follow(xM: number, yM: number): void {
    this.#widen(VIEW_DEG);
    void this.#controls.moveTo(xM, yM, 1, true);
  }

  /** Looks out of somebody's eyes, along (x, y). */
  lookThrough(headM: readonly [number, number, number], x: number, y: number): void {
    const [hx, hy, hz] = headM;
    this.#widen(EYES_DEG);
    void this.#controls.setLookAt(hx - 0.05 * x, hy - 0.05 * y, hz + 0.02, hx + x, hy + y, hz - 0.55, false);
  }

  #widen(degrees: number): void {
    if (this.camera.fov === degrees) return;
    this.camera.fov = degrees;
    this.camera.updateProjectionMatrix();
  }

  /** Goes near a place of the world. */
  visit(xM: number, yM: number, zM: number): void {
    this.#widen(VIEW_DEG);
    const back = new THREE.Vector3().subVectors(this.camera.position, new THREE.Vector3(xM, yM, zM));
    back.setLength(Math.min(4.5, back.length()));
    void this.#controls.setLookAt(xM + back.x, yM + back.y, zM + back.z, xM, yM, zM, true);
  }

  /** Where a point of the world stands on the canvas, CSS pixels; null behind the camera or out of the picture. */
  project(xM: number, yM: number, zM: number): readonly [number, number] | null {
    point.set(xM, yM, zM).project(this.camera);
    if (point.z > 1 || Math.abs(point.x) > 1.1 || Math.abs(point.y) > 1.2) return null;
    const { clientWidth, clientHeight } = this.element;
    return [((point.x + 1) / 2) * clientWidth, ((1 - point.y) / 2) * clientHeight];
  }

  /** The line of sight through a place on the canvas, CSS pixels from its corner. */
  sightLine(x: number, y: number): SightLine {
    const { clientWidth, clientHeight } = this.element;
    this.camera.updateMatrixWorld();
    point.set((2 * x) / clientWidth - 1, 1 - (2 * y) / clientHeight, 0.5).unproject(this.camera);
    const from = this.camera.position;
    point.sub(from).normalize();
    return { fromM: [from.x, from.y, from.z], direction: [point.x, point.y, point.z] };
  }

  /** Direction of sight along the floor, a unit vector; from straight above, what is up in the picture. */
  lookOnFloor(): readonly [number, number] {
    this.camera.getWorldDirection(point);
    if (Math.hypot(point.x, point.y) < 0.05) point.set(0, 1, 0).applyQuaternion(this.camera.quaternion);
    const length = Math.hypot(point.x, point.y) || 1;
    return [point.x / length, point.y / length];
  }

  /** Comes as near as one stands behind somebody, wherever one looks from. */
  approach(): void {
    this.#widen(VIEW_DEG);
    void this.#controls.rotatePolarTo(APPROACH_RAD, true);
    void this.#controls.dollyTo(APPROACH_M, true);
  }

  /** Draws the edges of a box by its corners (front first, left to right, below to above); null for none. */
  outline(corners: readonly (readonly [number, number, number])[] | null): void {
    if (!this.#outline.show(corners)) return;
    this.#isStale = true;
  }

  /** The scene that is on the canvas. */
  get shown(): Float32Array | null {
    return this.#shown;
  }

  /** Draw calls and triangles of the last frame. */
  get load(): { readonly calls: number; readonly triangles: number } {
    const { calls, triangles } = this.#renderer.info.render;
    return { calls, triangles };
  }

  /** Draws what a shop camera would see, without its noise, onto a canvas of a page. */
  drawFrom(plan: CameraPlan, out: CanvasRenderingContext2D, widthPx: number, heightPx: number): void {
    let eye = this.#eyes.get(plan.id);
    if (!eye) this.#eyes.set(plan.id, (eye = cameraEye(plan)));
    const { width, height } = this.element;
    const ratio = this.#renderer.getPixelRatio();
    this.#isStale = true;
    // Drawn into a corner of the page's own picture, which is drawn over in the same frame.
    this.#renderer.setScissorTest(true);
    this.#renderer.setViewport(0, 0, widthPx / ratio, heightPx / ratio);
    this.#renderer.setScissor(0, 0, widthPx / ratio, heightPx / ratio);
    this.#uniforms.cutM.value = UNCUT_M;
    for (const frustum of this.#frusta) frustum.visible = false;
    this.#renderer.render(this.#world, eye);
    for (const frustum of this.#frusta) frustum.visible = true;
    out.drawImage(this.element, 0, height - heightPx, widthPx, heightPx, 0, 0, widthPx, heightPx);
    this.#renderer.setScissorTest(false);
    this.#renderer.setViewport(0, 0, width / ratio, height / ratio);
  }

  /** Shows what these cameras look at, as wire frames; none for none. */
  showFrusta(plans: readonly CameraPlan[]): void {
    for (const frustum of this.#frusta) {
      this.#world.remove(frustum);
      frustum.geometry.dispose();
    }
    this.#frusta = plans.map((plan) => frustumLines(plan, FRUSTUM_M, FRUSTUM_COLOUR));
    this.#isStale = true;
    if (this.#frusta.length > 0) this.#world.add(...this.#frusta);
  }

  setBackground(colour: string): void {
    this.#world.background = new THREE.Color(colour);
    this.#isStale = true;
  }

  #light(): void {
    this.#world.add(new THREE.HemisphereLight(0xffffff, 0xd8cfc0, 2.1));
    const sun = new THREE.DirectionalLight(0xfff4e2, 1.5);
    sun.position.set(-6, -9, 14);
    const fill = new THREE.DirectionalLight(0xe4eeff, 0.5);
    fill.position.set(9, 6, 8);
    this.#world.add(sun, fill);
  }
}

const point = new THREE.Vector3();

/** The printed fronts as a texture of our own orientation: v runs down. */
export async function loadAtlas(): Promise<THREE.Texture> {
  const atlas = await new THREE.TextureLoader().loadAsync('live/atlas.png');
  atlas.flipY = false;
  atlas.colorSpace = THREE.SRGBColorSpace;
  atlas.anisotropy = 4;
  return atlas;
}
