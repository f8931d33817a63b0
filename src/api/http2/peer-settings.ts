import { ErrorCode, Http2Fault, violation } from "./fault.js";
import { DEFAULT_WINDOW_BYTES, MAX_31_BITS, MAX_FRAME_BYTES, MIN_FRAME_BYTES, Setting } from "./frames.js";

const SETTING_BYTES = 6;

/** What the other side of a connection has said that it takes. */
export class PeerSettings {
  initialWindowBytes = DEFAULT_WINDOW_BYTES;
  maxFrameBytes = MIN_FRAME_BYTES;

  /** Reads the payload of a frame of settings. @returns by how much the windows of all streams grow @throws Http2Fault */
  read(payload: Buffer): number {
    if (payload.length % SETTING_BYTES !== 0) throw new Http2Fault(ErrorCode.frameSize, "half a setting");
    const before = this.initialWindowBytes;
    for (let at = 0; at < payload.length; at += SETTING_BYTES) {
      const value = payload.readUInt32BE(at + 2);
      switch (payload.readUInt16BE(at)) {
        case Setting.enablePush:
          if (value > 1) throw violation("a push that is neither allowed nor forbidden");
          break;
        case Setting.initialWindowSize:
          if (value > MAX_31_BITS) throw new Http2Fault(ErrorCode.flowControl, "the window of a stream");
          this.initialWindowBytes = value;
          break;
        case Setting.maxFrameSize:
          if (value < MIN_FRAME_BYTES || value > MAX_FRAME_BYTES) throw violation(`frames of ${value} bytes`);
          this.maxFrameBytes = value;
      }
    }
    return this.initialWindowBytes - before;
  }
}
