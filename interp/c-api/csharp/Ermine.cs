// Ermine's C API for C#: what a game needs of it, by P/Invoke. Tests run it with Mono on Linux.
//
// On iOS and consoles the library is linked into the program: define ERMINE_INTERNAL, and the name is `__Internal`.

using System;
using System.Runtime.InteropServices;

namespace Ermine
{
    /// <summary><c>wasm_val_t</c>: 16 bytes, the union at 8.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    public struct Val
    {
        [FieldOffset(0)] public byte Kind;
        [FieldOffset(8)] public int I32;
        [FieldOffset(8)] public long I64;
        [FieldOffset(8)] public float F32;
        [FieldOffset(8)] public double F64;
        [FieldOffset(8)] public IntPtr Ref;
    }

    /// <summary>Any <c>wasm_…_vec_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Vec
    {
        public UIntPtr Size;
        public IntPtr Data;
    }

    public enum Progress : byte { Finished, Trapped, OutOfFuel, Interrupted, Suspended }

    /// <summary>The functions, by their names in C. Pointers that C calls <c>own</c> are the caller's: delete them.</summary>
    public static class Native
    {
#if ERMINE_INTERNAL
        private const string Library = "__Internal";
#else
        private const string Library = "ermine_c";
#endif

        /// <summary>A callback. Keep a reference to the delegate as long as its store lives, mark static methods with MonoPInvokeCallback where code is compiled ahead
        /// of time, and let no exception out.</summary>
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        public delegate IntPtr Callback(IntPtr env, ref Vec args, ref Vec results);

        [DllImport(Library)] public static extern IntPtr wasm_config_new();
        [DllImport(Library)] public static extern IntPtr wasm_engine_new_with_config(IntPtr config);
        [DllImport(Library)] public static extern void wasm_engine_delete(IntPtr engine);
        [DllImport(Library)] public static extern IntPtr wasm_store_new(IntPtr engine);
        [DllImport(Library)] public static extern void wasm_store_delete(IntPtr store);
        [DllImport(Library)] public static extern void wasm_module_delete(IntPtr module);
        [DllImport(Library)] public static extern IntPtr wasm_valtype_new(byte kind);
        [DllImport(Library)] public static extern void wasm_valtype_vec_new(out Vec vec, UIntPtr size, IntPtr[] types);
        [DllImport(Library)] public static extern IntPtr wasm_functype_new(ref Vec parameters, ref Vec results);
        [DllImport(Library)] public static extern void wasm_functype_delete(IntPtr type);
        [DllImport(Library)] public static extern IntPtr wasm_func_new_with_env(IntPtr store, IntPtr type, Callback callback, IntPtr env, IntPtr finalizer);
        [DllImport(Library)] public static extern IntPtr wasm_func_as_extern(IntPtr func);
        [DllImport(Library)] public static extern void wasm_func_delete(IntPtr func);
        [DllImport(Library)] public static extern IntPtr wasm_func_call(IntPtr func, ref Vec args, ref Vec results);
        [DllImport(Library)] public static extern IntPtr wasm_instance_new(IntPtr store, IntPtr module, ref Vec imports, out IntPtr trap);
        [DllImport(Library)] public static extern void wasm_instance_delete(IntPtr instance);
        [DllImport(Library)] public static extern void wasm_instance_exports(IntPtr instance, out Vec exports);
        [DllImport(Library)] public static extern void wasm_extern_vec_delete(ref Vec externs);
        [DllImport(Library)] public static extern IntPtr wasm_extern_as_func(IntPtr item);
        [DllImport(Library)] public static extern IntPtr wasm_extern_as_memory(IntPtr item);
        [DllImport(Library)] public static extern IntPtr wasm_memory_data(IntPtr memory);
        [DllImport(Library)] public static extern UIntPtr wasm_memory_data_size(IntPtr memory);
        [DllImport(Library)] public static extern void wasm_trap_message(IntPtr trap, out Vec message);
        [DllImport(Library)] public static extern void wasm_trap_delete(IntPtr trap);
        [DllImport(Library)] public static extern void wasm_byte_vec_delete(ref Vec bytes);

        [DllImport(Library)] public static extern IntPtr ermine_error_message(IntPtr error);
        [DllImport(Library)] public static extern void ermine_error_delete(IntPtr error);
        [DllImport(Library)] public static extern IntPtr ermine_config_consume_fuel(IntPtr config, [MarshalAs(UnmanagedType.I1)] bool enable);
        [DllImport(Library)] public static extern IntPtr ermine_config_limit(IntPtr config, byte limit, ulong value);
        [DllImport(Library)] public static extern IntPtr ermine_store_set_fuel(IntPtr store, ulong fuel);
        [DllImport(Library)] public static extern IntPtr ermine_store_get_fuel(IntPtr store, out ulong fuel);
        [DllImport(Library)] public static extern IntPtr ermine_module_new(IntPtr store, ref Vec bytes, out IntPtr module);
        [DllImport(Library)] public static extern IntPtr ermine_call_new(IntPtr func, ref Vec args, out IntPtr call);
        [DllImport(Library)] public static extern IntPtr ermine_call_resume(IntPtr call, IntPtr answer, ref Vec results, out Progress progress, out IntPtr trap);
        [DllImport(Library)] public static extern void ermine_call_delete(IntPtr call);

        /// <summary>Throws what went wrong, if something did.</summary>
        public static void Check(IntPtr error)
        {
            if (error == IntPtr.Zero) return;
            string message = Marshal.PtrToStringUTF8(ermine_error_message(error));
            ermine_error_delete(error);
            throw new InvalidOperationException(message);
        }
    }
}
