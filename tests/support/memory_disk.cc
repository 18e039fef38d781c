#include "tests/support/memory_disk.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

namespace barnabas::support {
namespace {

using Node = MemoryDisk::Node;
using NodePtr = MemoryDisk::NodePtr;
using Change = MemoryDisk::Change;

constexpr int64_t kSectorBytes = 512;

// What becomes of the unsynced changes of one file in a power cut.
enum class Fate { kNone, kAll, kTornPrefix, kSectors };

std::vector<std::string> PartsOf(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") parts.emplace_back(part);
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

void Put(int64_t position, std::string_view bytes, std::string* content) {
  const size_t at = static_cast<size_t>(position);
  if (content->size() < at + bytes.size()) content->resize(at + bytes.size());
  std::memcpy(content->data() + at, bytes.data(), bytes.size());
}

bool Overlap(const Change& write, const Change& other) {
  if (other.is_truncate) return true;
  const auto end = [](const Change& change) {
    return change.position + static_cast<int64_t>(change.bytes.size());
  };
  return write.position < end(other) && other.position < end(write);
}

// Applies those sectors of a write that a coin picks.
void ApplySectors(const Change& change, std::mt19937_64* random,
                  std::string* content) {
  if (change.is_truncate) {
    if ((*random)() % 2 == 0) change.ApplyTo(content);
    return;
  }
  std::string_view rest = change.bytes;
  int64_t position = change.position;
  while (!rest.empty()) {
    const int64_t left = kSectorBytes - position % kSectorBytes;
    const std::string_view sector = rest.substr(0, static_cast<size_t>(left));
    if ((*random)() % 2 == 0) Put(position, sector, content);
    position += static_cast<int64_t>(sector.size());
    rest.remove_prefix(sector.size());
  }
}

std::string SurvivingBytes(const Node& node, std::mt19937_64* random) {
  std::string content = node.durable;
  const Fate fate = static_cast<Fate>((*random)() % 4);
  const size_t cut =
      node.changes.empty() ? 0 : (*random)() % node.changes.size();
  for (size_t i = 0; i < node.changes.size(); ++i) {
    const Change& change = node.changes[i];
    if (change.lost) {
      if ((*random)() % 4 == 0) ApplySectors(change, random, &content);
      continue;
    }
    switch (fate) {
      case Fate::kNone:
        break;
      case Fate::kAll:
        change.ApplyTo(&content);
        break;
      case Fate::kTornPrefix:
        if (i < cut) {
          change.ApplyTo(&content);
        } else if (i == cut && !change.is_truncate) {
          Change torn = change;
          torn.bytes.resize((*random)() % (torn.bytes.size() + 1));
          torn.ApplyTo(&content);
        }
        break;
      case Fate::kSectors:
        ApplySectors(change, random, &content);
        break;
    }
  }
  return content;
}

// The cut that a seed draws.
class DrawnCut final : public MemoryDisk::PowerCut {
 public:
  explicit DrawnCut(uint64_t seed)
      : random_(seed), survive_of_4_(random_() % 5) {}

  bool KeepsName(size_t i) override { return random_() % 4 < survive_of_4_; }
  std::string BytesOf(const Node& file) override {
    return SurvivingBytes(file, &random_);
  }

 private:
  std::mt19937_64 random_;
  const uint64_t survive_of_4_;
};

// A copy of `node` in which only `names(node)` exist and all is durable.
template <typename Names>
NodePtr CopyTree(const NodePtr& node, const Names& names,
                 MemoryDisk::PowerCut* cut) {
  auto copy = std::make_shared<Node>();
  copy->is_directory = node->is_directory;
  if (!node->is_directory) {
    copy->bytes = cut->BytesOf(*node);
    copy->durable = copy->bytes;
    return copy;
  }
  for (const auto& [name, child] : names(node)) {
    copy->names[name] = CopyTree(child, names, cut);
  }
  copy->durable_names = copy->names;
  return copy;
}

void CollectUnsynced(const NodePtr& node, std::set<const Node*>* seen,
                     std::vector<NodePtr>* found) {
  if (!seen->insert(node.get()).second) return;
  if (!node->changes.empty()) found->push_back(node);
  for (const auto* const names : {&node->names, &node->durable_names}) {
    for (const auto& [name, child] : *names) {
      CollectUnsynced(child, seen, found);
    }
  }
}

void CollectSeen(const Node& node, const std::string& path,
                 std::map<std::string, std::string>* found) {
  for (const auto& [name, child] : node.names) {
    const std::string inner = path + name;
    if (child->is_directory) {
      (*found)[inner + "/"] = "";
      CollectSeen(*child, inner + "/", found);
    } else {
      (*found)[inner] = child->bytes;
    }
  }
}

int64_t BytesBelow(const Node& node) {
  if (!node.is_directory) {
    return std::max(static_cast<int64_t>(node.bytes.size()),
                    node.reserved_bytes);
  }
  int64_t bytes = 0;
  for (const auto& [name, child] : node.names) bytes += BytesBelow(*child);
  return bytes;
}

}  // namespace

MemoryDisk::MemoryDisk() : root_(std::make_shared<Node>()) {
  root_->is_directory = true;
}

NodePtr MemoryDisk::Find(std::string_view path) const {
  NodePtr node = root_;
  for (const std::string& part : PartsOf(path)) {
    if (!node->is_directory) return nullptr;
    const auto found = node->names.find(part);
    if (found == node->names.end()) return nullptr;
    node = found->second;
  }
  return node;
}

NodePtr MemoryDisk::ParentOf(std::string_view path, std::string* name) const {
  const std::vector<std::string> parts = PartsOf(path);
  if (parts.empty()) return nullptr;
  *name = parts.back();
  NodePtr node = root_;
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    const auto found = node->names.find(parts[i]);
    if (found == node->names.end()) return nullptr;
    node = found->second;
  }
  return node;
}

int MemoryDisk::Make(std::string_view path, bool is_directory) {
  std::string name;
  const NodePtr parent = ParentOf(path, &name);
  if (parent == nullptr) return PartsOf(path).empty() ? EEXIST : ENOENT;
  if (!parent->is_directory) return ENOTDIR;
  if (parent->names.count(name) != 0) return EEXIST;
  auto node = std::make_shared<Node>();
  node->is_directory = is_directory;
  parent->names[name] = node;
  name_operations_.push_back({NameChange{parent, name, node}});
  return 0;
}

int MemoryDisk::Remove(std::string_view path, bool is_directory) {
  std::string name;
  const NodePtr parent = ParentOf(path, &name);
  if (parent == nullptr) return PartsOf(path).empty() ? EBUSY : ENOENT;
  const auto found = parent->names.find(name);
  if (found == parent->names.end()) return ENOENT;
  if (found->second->is_directory != is_directory) {
    return is_directory ? ENOTDIR : EISDIR;
  }
  if (!found->second->names.empty()) return ENOTEMPTY;
  parent->names.erase(found);
  name_operations_.push_back({NameChange{parent, name, nullptr}});
  return 0;
}

int MemoryDisk::Rename(std::string_view from, std::string_view to) {
  std::string from_name;
  std::string to_name;
  const NodePtr from_parent = ParentOf(from, &from_name);
  const NodePtr to_parent = ParentOf(to, &to_name);
  if (from_parent == nullptr || to_parent == nullptr) return ENOENT;
  if (!to_parent->is_directory) return ENOTDIR;
  const auto found = from_parent->names.find(from_name);
  if (found == from_parent->names.end()) return ENOENT;
  const NodePtr node = found->second;
  const auto target = to_parent->names.find(to_name);
  if (target != to_parent->names.end()) {
    if (target->second == node) return 0;
    if (target->second->is_directory != node->is_directory) {
      return node->is_directory ? ENOTDIR : EISDIR;
    }
    if (!target->second->names.empty()) return ENOTEMPTY;
  }
  from_parent->names.erase(found);
  to_parent->names[to_name] = node;
  name_operations_.push_back({NameChange{from_parent, from_name, nullptr},
                              NameChange{to_parent, to_name, node}});
  return 0;
}

void MemoryDisk::Apply(const NameOperation& operation) {
  for (const NameChange& change : operation) {
    if (change.node == nullptr) {
      change.directory->durable_names.erase(change.name);
    } else {
      change.directory->durable_names[change.name] = change.node;
    }
  }
}

int MemoryDisk::SyncNames(std::string_view path) {
  const NodePtr directory = Find(path);
  if (directory == nullptr) return ENOENT;
  if (!directory->is_directory) return ENOTDIR;
  // A rename ties two directories together: what came before it in either
  // must reach the disk with it. Found from the last operation to the first.
  std::set<const Node*> tied = {directory.get()};
  std::vector<bool> chosen(name_operations_.size());
  for (size_t i = name_operations_.size(); i-- > 0;) {
    for (const NameChange& change : name_operations_[i]) {
      if (tied.count(change.directory.get()) != 0) chosen[i] = true;
    }
    if (!chosen[i]) continue;
    for (const NameChange& change : name_operations_[i]) {
      tied.insert(change.directory.get());
    }
  }
  std::vector<NameOperation> rest;
  for (size_t i = 0; i < name_operations_.size(); ++i) {
    if (chosen[i]) {
      Apply(name_operations_[i]);
    } else {
      rest.push_back(std::move(name_operations_[i]));
    }
  }
  name_operations_ = std::move(rest);
  return 0;
}

void MemoryDisk::Write(Node* node, int64_t position, std::string_view bytes) {
  if (bytes.empty()) return;
  Put(position, bytes, &node->bytes);
  node->changes.push_back(Change{false, position, std::string(bytes), false});
}

void MemoryDisk::Truncate(Node* node, int64_t size) {
  node->bytes.resize(static_cast<size_t>(size));
  node->reserved_bytes = std::min(node->reserved_bytes, size);
  node->changes.push_back(Change{true, size, "", false});
}

void MemoryDisk::Sync(Node* node) {
  // What was lost and written over since is gone for good.
  std::vector<Change> lost;
  for (auto change = node->changes.begin(); change != node->changes.end();
       ++change) {
    const bool replaced = std::any_of(
        change, node->changes.end(), [&change](const Change& later) {
          return !later.lost && Overlap(*change, later);
        });
    if (change->lost && !replaced) lost.push_back(*change);
  }
  for (const Change& change : node->changes) {
    if (!change.lost) change.ApplyTo(&node->durable);
  }
  node->changes = std::move(lost);
}

void MemoryDisk::LoseUnsynced(Node* node) {
  for (Change& change : node->changes) change.lost = !change.is_truncate;
}

bool MemoryDisk::Flip(Node* node, int64_t position, uint8_t mask) {
  if (position < 0 || position >= static_cast<int64_t>(node->bytes.size())) {
    return false;
  }
  const size_t at = static_cast<size_t>(position);
  node->bytes[at] = static_cast<char>(node->bytes[at] ^ mask);
  if (at < node->durable.size()) {
    node->durable[at] = static_cast<char>(node->durable[at] ^ mask);
  }
  return true;
}

int64_t MemoryDisk::UsedBytes() const { return BytesBelow(*root_); }

void MemoryDisk::Change::ApplyTo(std::string* content) const {
  if (is_truncate) {
    content->resize(static_cast<size_t>(position));
  } else if (!bytes.empty()) {
    Put(position, bytes, content);
  }
}

std::vector<NodePtr> MemoryDisk::UnsyncedFiles() const {
  std::set<const Node*> seen;
  std::vector<NodePtr> found;
  CollectUnsynced(root_, &seen, &found);
  for (const NameOperation& operation : name_operations_) {
    for (const NameChange& change : operation) {
      if (change.node != nullptr) CollectUnsynced(change.node, &seen, &found);
    }
  }
  return found;
}

std::map<std::string, std::string> MemoryDisk::Everything() const {
  std::map<std::string, std::string> found;
  CollectSeen(*root_, "", &found);
  return found;
}

std::unique_ptr<MemoryDisk> MemoryDisk::AfterPowerCut(uint64_t seed) const {
  DrawnCut cut(seed);
  return AfterPowerCut(&cut);
}

std::unique_ptr<MemoryDisk> MemoryDisk::AfterPowerCut(PowerCut* cut) const {
  // Durable names and those unsynced ones that survive, for each directory.
  std::map<const Node*, std::map<std::string, NodePtr>> names;
  const auto names_of = [&names](const NodePtr& directory) -> auto& {
    return names.try_emplace(directory.get(), directory->durable_names)
        .first->second;
  };
  std::set<const Node*> stopped;
  for (size_t i = 0; i < name_operations_.size(); ++i) {
    bool survives = cut->KeepsName(i);
    for (const NameChange& change : name_operations_[i]) {
      if (stopped.count(change.directory.get()) != 0) survives = false;
    }
    for (const NameChange& change : name_operations_[i]) {
      if (!survives) {
        if (cut->names_in_order()) stopped.insert(change.directory.get());
      } else if (change.node == nullptr) {
        names_of(change.directory).erase(change.name);
      } else {
        names_of(change.directory)[change.name] = change.node;
      }
    }
  }
  auto disk = std::make_unique<MemoryDisk>();
  disk->root_ = CopyTree(root_, names_of, cut);
  return disk;
}

}  // namespace barnabas::support
