#include "storage/env/thread_pool.h"

#include <glog/logging.h>
#include <pthread.h>

#include <utility>

namespace barnabas::env {
namespace {

constexpr size_t kThreadNameMax = 15;

}  // namespace

ThreadPool::ThreadPool(const Options& options)
    : name_(options.name.substr(0, kThreadNameMax)),
      tasks_max_(options.tasks_max) {
  CHECK_GT(options.threads, 0) << "a pool needs a thread";
  threads_.reserve(static_cast<size_t>(options.threads));
  for (int i = 0; i < options.threads; ++i) {
    threads_.emplace_back([this] { Work(); });
  }
}

ThreadPool::~ThreadPool() { Stop(); }

bool ThreadPool::Run(Task work) {
  std::unique_lock lock(mutex_);
  if (stopped_ || queue_.size() >= tasks_max_) return false;
  queue_.push_back(std::move(work));
  lock.unlock();
  wake_.notify_one();
  return true;
}

void ThreadPool::Stop() {
  std::deque<Task> dropped;
  {
    std::unique_lock lock(mutex_);
    stopped_ = true;
    dropped.swap(queue_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    CHECK(thread.get_id() != std::this_thread::get_id())
        << "work of a pool cannot stop the pool: it would wait for itself";
    if (thread.joinable()) thread.join();
  }
}

void ThreadPool::Work() {
  pthread_setname_np(pthread_self(), name_.c_str());
  std::unique_lock lock(mutex_);
  while (true) {
    while (!stopped_ && queue_.empty()) wake_.wait(lock);
    if (stopped_) return;
    Task work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
}

}  // namespace barnabas::env
