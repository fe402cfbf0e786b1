using NodeMesh.Local.Layout;
using NodeMesh.Local.Mesh;
using NodeMesh.Local.Networking;
using NodeMesh.Local.Probes;
using NodeMesh.Local.Tools;

namespace NodeMesh.Local.Pods;

/// <summary>What all pods share.</summary>
/// <param name="Layout">The mesh's files.</param>
/// <param name="Groups">The control group of all pods.</param>
/// <param name="Network">Joins pods to nodes.</param>
/// <param name="Launches">Works out what containers start with.</param>
/// <param name="Prober">Probes.</param>
/// <param name="Hooks">Runs hooks.</param>
/// <param name="Enrollment">Enrols pods with their node's proxy.</param>
/// <param name="Background">Owns work that outlives its caller.</param>
/// <param name="Time">The clock.</param>
/// <param name="Log">The log.</param>
internal sealed record PodServices(
    MeshLayout Layout,
    ControlGroup Groups,
    PodNetwork Network,
    LaunchBuilder Launches,
    IProber Prober,
    LifecycleHooks Hooks,
    MeshEnrollment Enrollment,
    BackgroundTasks Background,
    TimeProvider Time,
    PodLog Log);
