import type { DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";
import { bytesOfDocument } from "../execution/index.js";

/** Bytes of parsed documents. */
const DOCUMENT_BYTES = 16 * 2 ** 20;

/**
 * The documents that Apollo Server has parsed and validated, least recently used dropped first.
 *
 * Apollo Server's own store counts a document as the length of its JSON, which is a quarter of what it holds.
 */
export class DocumentStore {
  private readonly documents = new LRUCache<string, DocumentNode>({
    maxSize: DOCUMENT_BYTES,
    sizeCalculation: bytesOfDocument,
  });

  /** The bytes that are held now. */
  get bytes(): number {
    return this.documents.calculatedSize;
  }

  readonly get = async (key: string): Promise<DocumentNode | undefined> => this.documents.get(key);

  readonly set = async (key: string, document: DocumentNode): Promise<void> =>
    void this.documents.set(key, document);

  readonly delete = async (key: string): Promise<boolean> => this.documents.delete(key);
}
