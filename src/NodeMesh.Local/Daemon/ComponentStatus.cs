using System.Text.Json.Serialization;

namespace NodeMesh.Local.Daemon;

/// <summary>How a process of the mesh goes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ProcessId">Its process; null while it does not run.</param>
/// <param name="Ready">True when it is ready.</param>
/// <param name="Restarts">How often it was started again.</param>
/// <param name="Problem">What is missing; null when it is ready.</param>
public sealed record ComponentStatus(string Name, [property: JsonPropertyName("pid")] int? ProcessId, bool Ready, int Restarts, string? Problem);
