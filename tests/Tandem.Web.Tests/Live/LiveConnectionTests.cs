using Tandem.Web.Live;

namespace Tandem.Web.Tests.Live;

/// <summary>A page that does not keep up.</summary>
public sealed class LiveConnectionTests
{
    [Fact]
    public void Send_MoreThanFits_LeavesOneResetInPlaceOfTheQueue()
    {
        var connection = Made.Connection("slow");
        for (var i = 0; i < 257; i++)
        {
            connection.Send(new LiveBatch(null, []));
        }

        Assert.True(connection.Queue.TryRead(out var first));
        Assert.Same(LiveConnection.Reset, first);
        Assert.False(connection.Queue.TryRead(out _));
    }

    [Fact]
    public void BeginCatchUp_WhileOneRuns_EndsTheFirst()
    {
        var connection = Made.Connection("page");
        var first = connection.BeginCatchUp(Http.Cancelled);
        var second = connection.BeginCatchUp(Http.Cancelled);

        Assert.True(first.IsCancellationRequested);
        connection.EndCatchUp(first);
        Assert.True(connection.IsCatchingUp);
        connection.EndCatchUp(second);
        Assert.False(connection.IsCatchingUp);
    }
}
