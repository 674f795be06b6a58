using System.Runtime.InteropServices;

namespace Tandem.Cli.Tests.Processes;

internal enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
}

internal static class Signals
{
    public static void Send(int process, Signal signal) => Assert.Equal(0, Kill(process, (int)signal));

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
