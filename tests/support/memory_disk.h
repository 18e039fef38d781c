// MemoryDisk: files in memory that know what a power cut would leave.
//
// What: for each file the bytes that are seen and, apart from them, the bytes
//   that are durable and the changes since; for each directory the names seen
//   and the names durable. AfterPowerCut draws from a seed which of the
//   changes that were never synced reached the disk.
// Model: (a) unsynced changes of one file survive not at all, wholly, as a
//   prefix whose last write is torn, or each 512-byte sector by itself, in any
//   order. (b) Unsynced changes of names survive as a prefix for each
//   directory; a rename happens or does not. (c) Changes before a failed sync
//   are seen but never become durable by a later one (reliability.md 3.3); a
//   power cut may still keep some. Sizes are journalled and not lost that way.
//   (d) A file whose name is durable and whose bytes are not is empty or torn.
// Units: bytes. Paths use '/'; "", "." and "/" name the root, which exists.
// Empty case: a new disk holds the root only.
// Thread: one at a time; FaultFiles locks.
// Errors: errno values (0 is success), turned into statuses by FaultFiles.
#ifndef BARNABAS_TESTS_SUPPORT_MEMORY_DISK_H_
#define BARNABAS_TESTS_SUPPORT_MEMORY_DISK_H_

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace barnabas::support {

class MemoryDisk {
 public:
  // A change of a file's bytes that no sync has made durable.
  struct Change {
    // A write at `position`, or a new size of `position` bytes.
    bool is_truncate = false;
    int64_t position = 0;
    std::string bytes;
    // A sync failed over it.
    bool lost = false;

    // Makes it on what was there before.
    void ApplyTo(std::string* content) const;
  };

  struct Node {
    bool is_directory = false;

    // Files.
    std::string bytes;
    std::string durable;
    std::vector<Change> changes;
    int64_t reserved_bytes = 0;
    bool locked = false;

    // Directories.
    std::map<std::string, std::shared_ptr<Node>> names;
    std::map<std::string, std::shared_ptr<Node>> durable_names;
  };
  using NodePtr = std::shared_ptr<Node>;

  MemoryDisk();

  // The node that `path` names; nullptr if none.
  NodePtr Find(std::string_view path) const;

  // Makes a file or directory under an unused name; errno.
  int Make(std::string_view path, bool is_directory);
  int Remove(std::string_view path, bool is_directory);
  int Rename(std::string_view from, std::string_view to);
  int SyncNames(std::string_view path);

  // Changes of bytes; the caller has checked the space.
  static void Write(Node* node, int64_t position, std::string_view bytes);
  static void Truncate(Node* node, int64_t size);
  static void Sync(Node* node);
  // A sync that failed: what was unsynced will never be durable.
  static void LoseUnsynced(Node* node);
  // Damages what is seen and what is durable alike; false beyond the end.
  static bool Flip(Node* node, int64_t position, uint8_t mask);

  // Bytes that all files take, reserved ones included.
  int64_t UsedBytes() const;

  // Which unsynced changes survive a power cut, asked one by one.
  class PowerCut {
   public:
    virtual ~PowerCut() = default;
    // The i-th of unsynced_names().
    virtual bool KeepsName(size_t i) = 0;
    // Whether a lost change of names takes those behind it in the same
    // directory along, as a journal does.
    virtual bool names_in_order() const { return true; }
    // What is left of a file.
    virtual std::string BytesOf(const Node& file) = 0;
  };
  std::unique_ptr<MemoryDisk> AfterPowerCut(PowerCut* cut) const;
  // The cut is drawn from `seed`.
  std::unique_ptr<MemoryDisk> AfterPowerCut(uint64_t seed) const;

  // How many changes of names no sync has made durable.
  size_t unsynced_names() const { return name_operations_.size(); }
  // Files with unsynced bytes, whether or not their names are seen.
  std::vector<NodePtr> UnsyncedFiles() const;
  // What is seen, as path and bytes; a directory's path ends in '/'.
  std::map<std::string, std::string> Everything() const;

 private:
  // Names that change together; an empty node takes the name away.
  struct NameChange {
    NodePtr directory;
    std::string name;
    NodePtr node;
  };
  using NameOperation = std::vector<NameChange>;

  static void Apply(const NameOperation& operation);
  NodePtr ParentOf(std::string_view path, std::string* name) const;

  NodePtr root_;
  // Not durable yet, in order.
  std::vector<NameOperation> name_operations_;
};

}  // namespace barnabas::support

#endif  // BARNABAS_TESTS_SUPPORT_MEMORY_DISK_H_
