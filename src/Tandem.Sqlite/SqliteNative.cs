using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Tandem.Sqlite;

/// <summary>Chooses the SQLite library: the system's own where there is one (kept up to date by the system), else the bundled one.</summary>
internal static class SqliteNative
{
    private static readonly Lazy<bool> s_initialized = new(() =>
    {
        // Functions are bound one by one at their first call. A process that has used the bundled library already must stay
        // with it: handles of one library passed to another end in a crash.
        if (!IsBundledLoaded())
        {
            var provider = Assembly.Load("SQLitePCLRaw.provider.e_sqlite3");
            NativeLibrary.SetDllImportResolver(provider, (name, _, _) =>
                name == "e_sqlite3" && NativeLibrary.TryLoad("libsqlite3.so.0", out var system) ? system : IntPtr.Zero);
        }

        SQLitePCL.Batteries_V2.Init();
        return true;
    });

    public static void Initialize() => _ = s_initialized.Value;

    private static bool IsBundledLoaded()
    {
        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().Any(m => m.ModuleName.Contains("e_sqlite3", StringComparison.Ordinal) && !m.ModuleName.EndsWith(".dll", StringComparison.Ordinal));
    }
}
