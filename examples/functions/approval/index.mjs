// Asks people: it leaves the request in its log and returns. Somebody reports later:
//   aws deploy put-lifecycle-event-hook-execution-status --status Succeeded \
//     --deployment-id ... --lifecycle-event-hook-execution-id ...
export async function handler({ DeploymentId, LifecycleEventHookExecutionId }) {
  console.log(
    JSON.stringify({
      message: 'a release waits for approval',
      deploymentId: DeploymentId,
      lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
    }),
  );
}
