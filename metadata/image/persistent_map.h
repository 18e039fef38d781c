// PersistentMap: an ordered map whose copies share structure.
//
// What: an AVL tree of immutable nodes. Set and Erase make a new map and copy
//   only the path from the root to the change; the old map stays as it was.
// Units: none. Cost: Find, Set, Erase O(log n); a copy O(1); a walk O(n).
// Empty case: the default map has no entries and no allocation.
// Thread: immutable; any map may be read and copied from any thread.
// Errors: none; Find answers nullptr for what is not there.
// Always true: keys are unique and in order; heights of siblings differ by at
//   most one.
#ifndef BARNABAS_METADATA_IMAGE_PERSISTENT_MAP_H_
#define BARNABAS_METADATA_IMAGE_PERSISTENT_MAP_H_

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "absl/functional/function_ref.h"

namespace barnabas::image {

template <typename Key, typename Value, typename Less = std::less<>>
class PersistentMap {
 public:
  PersistentMap() = default;

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // The value at `key`; it lives as long as any map that holds it.
  template <typename Lookup>
  const Value* Find(const Lookup& key) const {
    const Node* node = root_.get();
    while (node != nullptr) {
      if (Less()(key, node->key)) {
        node = node->left.get();
      } else if (Less()(node->key, key)) {
        node = node->right.get();
      } else {
        return &node->value;
      }
    }
    return nullptr;
  }

  // This map with `value` at `key`.
  PersistentMap Set(const Key& key, Value value) const {
    bool added = false;
    Link root = Insert(root_, key, std::move(value), added);
    return PersistentMap(std::move(root), size_ + (added ? 1 : 0));
  }

  // This map without `key`; itself if it is not there.
  template <typename Lookup>
  PersistentMap Erase(const Lookup& key) const {
    if (Find(key) == nullptr) return *this;
    return PersistentMap(Remove(root_, key), size_ - 1);
  }

  // In order of keys.
  void ForEach(absl::FunctionRef<void(const Key&, const Value&)> visit) const {
    Walk(root_.get(), visit);
  }

  // In order from the first key that is not less than `begin`, until `visit`
  // answers false.
  template <typename Lookup>
  void ForEachFrom(
      const Lookup& begin,
      absl::FunctionRef<bool(const Key&, const Value&)> visit) const {
    WalkFrom(root_.get(), begin, visit);
  }

 private:
  struct Node;
  using Link = std::shared_ptr<const Node>;
  struct Node {
    Node(Key k, Value v, Link l, Link r)
        : key(std::move(k)),
          value(std::move(v)),
          left(std::move(l)),
          right(std::move(r)),
          height(1 + std::max(HeightOf(left), HeightOf(right))) {}

    Key key;
    Value value;
    Link left;
    Link right;
    int height;
  };

  PersistentMap(Link root, size_t size) : root_(std::move(root)), size_(size) {}

  static int HeightOf(const Link& node) {
    return node == nullptr ? 0 : node->height;
  }

  static Link Make(const Node& from, Link left, Link right) {
    return std::make_shared<const Node>(from.key, from.value, std::move(left),
                                        std::move(right));
  }

  // A node like `from` over two subtrees whose heights differ by at most two.
  static Link Balance(const Node& from, Link left, Link right) {
    const int lean = HeightOf(left) - HeightOf(right);
    if (lean > 1) {
      if (HeightOf(left->left) >= HeightOf(left->right)) {
        return Make(*left, left->left,
                    Make(from, left->right, std::move(right)));
      }
      const Node& pivot = *left->right;
      return Make(pivot, Make(*left, left->left, pivot.left),
                  Make(from, pivot.right, std::move(right)));
    }
    if (lean < -1) {
      if (HeightOf(right->right) >= HeightOf(right->left)) {
        return Make(*right, Make(from, std::move(left), right->left),
                    right->right);
      }
      const Node& pivot = *right->left;
      return Make(pivot, Make(from, std::move(left), pivot.left),
                  Make(*right, pivot.right, right->right));
    }
    return Make(from, std::move(left), std::move(right));
  }

  static Link Insert(const Link& node, const Key& key, Value value,
                     bool& added) {
    if (node == nullptr) {
      added = true;
      return std::make_shared<const Node>(key, std::move(value), nullptr,
                                          nullptr);
    }
    if (Less()(key, node->key)) {
      return Balance(*node, Insert(node->left, key, std::move(value), added),
                     node->right);
    }
    if (Less()(node->key, key)) {
      return Balance(*node, node->left,
                     Insert(node->right, key, std::move(value), added));
    }
    return std::make_shared<const Node>(key, std::move(value), node->left,
                                        node->right);
  }

  static const Node* First(const Node* node) {
    while (node->left != nullptr) node = node->left.get();
    return node;
  }

  static Link RemoveFirst(const Link& node) {
    if (node->left == nullptr) return node->right;
    return Balance(*node, RemoveFirst(node->left), node->right);
  }

  template <typename Lookup>
  static Link Remove(const Link& node, const Lookup& key) {
    if (Less()(key, node->key)) {
      return Balance(*node, Remove(node->left, key), node->right);
    }
    if (Less()(node->key, key)) {
      return Balance(*node, node->left, Remove(node->right, key));
    }
    if (node->left == nullptr) return node->right;
    if (node->right == nullptr) return node->left;
    return Balance(*First(node->right.get()), node->left,
                   RemoveFirst(node->right));
  }

  static void Walk(const Node* node,
                   absl::FunctionRef<void(const Key&, const Value&)> visit) {
    if (node == nullptr) return;
    Walk(node->left.get(), visit);
    visit(node->key, node->value);
    Walk(node->right.get(), visit);
  }

  template <typename Lookup>
  static bool WalkFrom(
      const Node* node, const Lookup& begin,
      absl::FunctionRef<bool(const Key&, const Value&)> visit) {
    if (node == nullptr) return true;
    if (Less()(node->key, begin)) {
      return WalkFrom(node->right.get(), begin, visit);
    }
    return WalkFrom(node->left.get(), begin, visit) &&
           visit(node->key, node->value) &&
           WalkFrom(node->right.get(), begin, visit);
  }

  Link root_;
  size_t size_ = 0;
};

}  // namespace barnabas::image

#endif  // BARNABAS_METADATA_IMAGE_PERSISTENT_MAP_H_
