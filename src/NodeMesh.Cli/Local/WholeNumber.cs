using System.CommandLine;
using System.Globalization;

namespace NodeMesh.Cli.Local;

/// <summary>Bounds of options that are whole numbers.</summary>
internal static class WholeNumber
{
    /// <summary>Refuses what is no whole number within bounds.</summary>
    /// <param name="option">The option.</param>
    /// <param name="min">The least.</param>
    /// <param name="max">The most; null when there is no such bound.</param>
    public static void Require(Option option, int min, int? max = null) => option.Validators.Add(result =>
    {
        // The tokens, not the value: reading a value that is no number throws.
        if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= (max ?? int.MaxValue)))
        {
            result.AddError($"{option.Name} '{token.Value}': must be a whole number {(max is null ? string.Create(CultureInfo.InvariantCulture, $"of at least {min}") : string.Create(CultureInfo.InvariantCulture, $"from {min} to {max}"))}");
        }
    });
}
