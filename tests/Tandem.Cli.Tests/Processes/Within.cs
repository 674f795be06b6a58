namespace Tandem.Cli.Tests.Processes;

/// <summary>Waits for an event; a timeout tells what was awaited.</summary>
internal static class Within
{
    public static async Task<T> SecondsAsync<T>(double seconds, Task<T> awaited, Func<string> what)
    {
        try
        {
            return await awaited.WaitAsync(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {seconds} s for {what()}.");
        }
    }

    public static Task SecondsAsync(double seconds, Task awaited, Func<string> what) => SecondsAsync(seconds, Done(awaited), what);

    /// <summary>Asks until the answer is yes.</summary>
    /// <param name="seconds">How long at most.</param>
    /// <param name="ask">Asks a server, which takes its own time to answer.</param>
    /// <param name="what">What is awaited.</param>
    public static async Task UntilAsync(double seconds, Func<Task<bool>> ask, Func<string> what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var until = Environment.TickCount64 + (long)(seconds * 1000);
        while (!await ask())
        {
            Assert.True(Environment.TickCount64 < until, $"Waited {seconds} s for {what()}.");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }
}
