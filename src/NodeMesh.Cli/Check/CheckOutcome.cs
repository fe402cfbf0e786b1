namespace NodeMesh.Cli.Check;

/// <summary>What a check found.</summary>
/// <param name="Category">What it belongs to, such as <c>rights</c>.</param>
/// <param name="Check">What was looked at.</param>
/// <param name="Level"><c>ok</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Message">What is not as it should be; empty when all is well.</param>
/// <param name="Hint">What to do about it.</param>
internal sealed record CheckOutcome(string Category, string Check, string Level, string Message, string Hint)
{
    /// <summary>All is well.</summary>
    /// <param name="category">The category.</param>
    /// <param name="check">The check.</param>
    /// <param name="message">What there is to say all the same.</param>
    public static CheckOutcome Ok(string category, string check, string message = "") => new(category, check, "ok", message, "");

    /// <summary>It works, but not as well as it could.</summary>
    public static CheckOutcome Warning(string category, string check, string message, string hint) => new(category, check, "warning", message, hint);

    /// <summary>It does not work.</summary>
    public static CheckOutcome Error(string category, string check, string message, string hint) => new(category, check, "error", message, hint);
}
