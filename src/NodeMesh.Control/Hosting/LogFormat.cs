namespace NodeMesh.Control.Hosting;

/// <summary>How log lines look.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Text = 0,

    /// <summary>One JSON object per line.</summary>
    Json = 1,
}
