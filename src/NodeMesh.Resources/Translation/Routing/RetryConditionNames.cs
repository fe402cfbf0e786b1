using System.Globalization;
using NodeMesh.Model.Routing;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>The names of retry conditions, as <c>retryOn</c> writes them.</summary>
public static class RetryConditionNames
{
    private static readonly (string Name, RetryConditions Condition)[] Known =
    [
        ("connect-failure", RetryConditions.ConnectFailure),
        ("refused-stream", RetryConditions.RefusedStream),
        ("unavailable", RetryConditions.Unavailable),
        ("cancelled", RetryConditions.Cancelled),
        ("reset", RetryConditions.Reset),
        ("reset-before-request", RetryConditions.ResetBeforeRequest),
        ("gateway-error", RetryConditions.GatewayError),
        ("5xx", RetryConditions.ServerError),
        ("retriable-4xx", RetryConditions.Retriable4xx),
        ("envoy-ratelimited", RetryConditions.RateLimited),
        ("deadline-exceeded", RetryConditions.DeadlineExceeded),
        ("internal", RetryConditions.Internal),
        ("resource-exhausted", RetryConditions.ResourceExhausted),
    ];

    /// <summary>Reads a list.</summary>
    /// <param name="text">Names and statuses between commas.</param>
    /// <param name="unknown">What is neither.</param>
    /// <returns>The conditions and the statuses.</returns>
    public static (RetryConditions Conditions, IReadOnlyList<int> Codes) Parse(string text, out IReadOnlyList<string> unknown)
    {
        var conditions = RetryConditions.None;
        var codes = new SortedSet<int>();
        var others = new List<string>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Known.FirstOrDefault(k => k.Name == word) is { Name: not null } found)
            {
                conditions |= found.Condition;
            }
            else if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 100 and <= 599)
            {
                codes.Add(code);
            }
            else if (word != "retriable-status-codes")
            {
                // That one says nothing by itself: the statuses are in the list.
                others.Add(word);
            }
        }

        unknown = others;
        return (conditions, [.. codes]);
    }

    /// <summary>Writes conditions.</summary>
    /// <param name="conditions">The conditions.</param>
    /// <returns>Their names.</returns>
    public static IEnumerable<string> Names(RetryConditions conditions) => Known.Where(k => conditions.HasFlag(k.Condition)).Select(k => k.Name);
}
