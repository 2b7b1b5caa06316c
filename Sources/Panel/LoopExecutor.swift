import NIOCore

/// Runs the server's tasks on the thread that also owns its sockets.
///
/// So answers need no change of thread, and whatever else the process computes in tasks cannot
/// take their turn.
final class LoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(_ loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
  }
}
