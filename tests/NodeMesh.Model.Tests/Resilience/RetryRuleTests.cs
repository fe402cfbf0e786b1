using NodeMesh.Model.Resilience;
using NodeMesh.Model.Routing;

namespace NodeMesh.Model.Tests.Resilience;

public sealed class RetryRuleTests
{
    public static TheoryData<RetryConditions, AttemptFailure, int, int, bool> Rows() => new()
    {
        { RetryConditions.ServerError, AttemptFailure.None, 500, -1, true },
        { RetryConditions.ServerError, AttemptFailure.None, 503, -1, true },
        { RetryConditions.ServerError, AttemptFailure.None, 404, -1, false },
        { RetryConditions.ServerError, AttemptFailure.Reset, 0, -1, true },
        { RetryConditions.ServerError, AttemptFailure.Connect, 0, -1, true },
        { RetryConditions.ServerError, AttemptFailure.Timeout, 0, -1, true },
        { RetryConditions.ServerError, AttemptFailure.Overflow, 0, -1, false },
        { RetryConditions.GatewayError, AttemptFailure.None, 500, -1, false },
        { RetryConditions.GatewayError, AttemptFailure.None, 502, -1, true },
        { RetryConditions.GatewayError, AttemptFailure.None, 504, -1, true },
        { RetryConditions.Reset, AttemptFailure.Reset, 0, -1, true },
        { RetryConditions.Reset, AttemptFailure.None, 503, -1, false },
        { RetryConditions.ConnectFailure, AttemptFailure.Connect, 0, -1, true },
        { RetryConditions.ConnectFailure, AttemptFailure.Reset, 0, -1, false },
        { RetryConditions.RefusedStream, AttemptFailure.RefusedStream, 0, -1, true },
        { RetryConditions.RefusedStream, AttemptFailure.Reset, 0, -1, false },
        { RetryConditions.ResetBeforeRequest, AttemptFailure.ResetBeforeRequest, 0, -1, true },
        { RetryConditions.ResetBeforeRequest, AttemptFailure.Reset, 0, -1, false },
        { RetryConditions.Retriable4xx, AttemptFailure.None, 409, -1, true },
        { RetryConditions.Retriable4xx, AttemptFailure.None, 429, -1, false },
        { RetryConditions.Cancelled, AttemptFailure.None, 200, 1, true },
        { RetryConditions.DeadlineExceeded, AttemptFailure.None, 200, 4, true },
        { RetryConditions.ResourceExhausted, AttemptFailure.None, 200, 8, true },
        { RetryConditions.Internal, AttemptFailure.None, 200, 13, true },
        { RetryConditions.Unavailable, AttemptFailure.None, 200, 14, true },
        { RetryConditions.Unavailable, AttemptFailure.None, 200, 13, false },
        { RetryConditions.Unavailable, AttemptFailure.None, 200, 0, false },
        { RetryConditions.None, AttemptFailure.Connect, 0, -1, false },
        { RetryConditions.Default, AttemptFailure.Connect, 0, -1, true },
        { RetryConditions.Default, AttemptFailure.RefusedStream, 0, -1, true },
        { RetryConditions.Default, AttemptFailure.None, 503, -1, false },
        { RetryConditions.Default, AttemptFailure.Reset, 0, -1, false },
        { RetryConditions.Default, AttemptFailure.Timeout, 0, -1, false },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Wants_OfAnOutcome_FollowsTheConditions(RetryConditions conditions, AttemptFailure failure, int status, int grpcStatus, bool wanted) =>
        Assert.Equal(wanted, RetryRule.Wants(new RetryPolicy { Conditions = conditions }, new AttemptOutcome(failure, status, grpcStatus)));

    [Fact]
    public void Wants_OfAListedStatus_NeedsNoCondition()
    {
        var policy = new RetryPolicy { Codes = [418, 503] };
        Assert.True(RetryRule.Wants(policy, AttemptOutcome.Answered(418)));
        Assert.False(RetryRule.Wants(policy, AttemptOutcome.Answered(500)));
    }

    [Fact]
    public void Wants_OfARateLimit_OnlyWhereItIsAskedForByName()
    {
        var limited = AttemptOutcome.Answered(503, rateLimited: true);
        Assert.False(RetryRule.Wants(new RetryPolicy { Conditions = RetryConditions.ServerError }, limited));
        Assert.True(RetryRule.Wants(new RetryPolicy { Conditions = RetryConditions.RateLimited }, limited));
    }

    [Theory]
    [InlineData(1, 25)]
    [InlineData(2, 75)]
    [InlineData(3, 175)]
    [InlineData(4, 250)]
    [InlineData(40, 250)]
    public void Backoff_OfATry_StaysBelowABoundThatDoubles(int retry, int milliseconds)
    {
        var waits = Enumerable.Range(0, 200).Select(seed => RetryBackoff.Next(retry, RetryBackoff.DefaultBase, new Random(seed)).TotalMilliseconds).ToList();
        Assert.All(waits, w => Assert.InRange(w, 0, milliseconds));
        Assert.Contains(waits, w => w > milliseconds * 0.9);
        Assert.Contains(waits, w => w < milliseconds * 0.1);
    }

    [Theory]
    [InlineData(AttemptFailure.None, 200, 14, 503)]
    [InlineData(AttemptFailure.None, 200, 2, 500)]
    [InlineData(AttemptFailure.None, 200, 5, 404)]
    [InlineData(AttemptFailure.None, 200, 0, 200)]
    [InlineData(AttemptFailure.None, 503, -1, 503)]
    [InlineData(AttemptFailure.Connect, 0, -1, 503)]
    [InlineData(AttemptFailure.Timeout, 0, -1, 504)]
    public void EffectiveStatus_OfAnOutcome_IsWhatAGatewayWouldAnswer(AttemptFailure failure, int status, int grpcStatus, int expected) =>
        Assert.Equal(expected, new AttemptOutcome(failure, status, grpcStatus).EffectiveStatus);
}
