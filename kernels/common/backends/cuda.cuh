// CUDA backend: native launches on the stream of the tag. One of the few files that name a parallel runtime. Launches
// do not wait; synchronize(space) and reduce do. A device error becomes an exception of one sentence.
#pragma once
#include <cuda_runtime.h>

#include <stdexcept>
#include <string>

#include "common/backends/host.hpp"
#include "common/space.hpp"
#include "common/team.hpp"

namespace coldsun {

namespace cuda {

inline void check(cudaError_t error, const char* doing) {
  if (error == cudaSuccess) return;
  cudaGetLastError();  // clears a non-sticky error, so that the next call reports only its own
  throw std::runtime_error(std::string("CUDA failed while ") + doing + ": " + cudaGetErrorString(error));
}
inline cudaStream_t stream_of(Cuda space) { return static_cast<cudaStream_t>(space.stream); }
inline unsigned blocks_for(std::int64_t n, int threads, std::int64_t limit) {
  const std::int64_t blocks = (n + threads - 1) / threads;
  return static_cast<unsigned>(blocks < limit ? blocks : limit);
}
inline int attribute(cudaDeviceAttr what) {
  int device = 0, value = 0;
  check(cudaGetDevice(&device), "asking for the device");
  check(cudaDeviceGetAttribute(&value, what, device), "asking for a device attribute");
  return value;
}

// Memory allocated in stream order: temporaries of one verb, freed after the kernels that use them.
class StreamMemory {
 public:
  StreamMemory(cudaStream_t stream, std::size_t bytes) : stream_(stream) {
    check(cudaMallocAsync(&p_, bytes, stream), "allocating temporary memory");
  }
  StreamMemory(const StreamMemory&) = delete;
  StreamMemory& operator=(const StreamMemory&) = delete;
  ~StreamMemory() { cudaFreeAsync(p_, stream_); }
  template <class T>
  T* as() const {
    return static_cast<T*>(p_);
  }

 private:
  cudaStream_t stream_;
  void* p_ = nullptr;
};

// Arguments of a kernel: 32,764 B since CUDA 12.1 on sm_70 and later.
template <class F>
inline constexpr bool fits_arguments = sizeof(F) + 64 <= 32764;

template <class F>
__global__ void each_kernel(std::int64_t n, const F f) {
  const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += stride)
    f(static_cast<int>(i));
}

template <class F>
__global__ void rows_kernel(int n_row, int n_col, const F f) {
  const int row_stride = static_cast<int>(gridDim.y * blockDim.y),
            col_stride = static_cast<int>(gridDim.x * blockDim.x);
  for (std::int64_t row = blockIdx.y * blockDim.y + threadIdx.y; row < n_row; row += row_stride)
    for (std::int64_t col = blockIdx.x * blockDim.x + threadIdx.x; col < n_col; col += col_stride)
      f(static_cast<int>(row), static_cast<int>(col));
}

// The threads of one block. Scratch is shared memory, or a piece of global memory where shared memory is too small.
struct BlockTeam {
  char* memory;
  std::size_t used, capacity;
  char* slot;
  static constexpr std::size_t slot_size = 64;

  __device__ int rank() const { return static_cast<int>(threadIdx.x); }
  __device__ int size() const { return static_cast<int>(blockDim.x); }
  __device__ void sync() const { __syncthreads(); }  // also orders the block's writes to global memory
  template <class T>
  __device__ T* scratch(std::size_t n) {
    T* p = reinterpret_cast<T*>(memory + used);
    used += scratch_bytes<T>(n);
    if (used > capacity) COLDSUN_TRAP();  // more requested than the launch provides
    return p;
  }
  template <class T>
  __device__ T shuffle(T x, int from) const {
    static_assert(sizeof(T) <= slot_size);
    __syncthreads();
    if (rank() == from) *reinterpret_cast<T*>(slot) = x;
    __syncthreads();
    return *reinterpret_cast<const T*>(slot);
  }
};

template <class F>
__global__ void teams_kernel(int n_item, std::size_t capacity, char* global, const F f) {
  extern __shared__ __align__(64) char shared[];
  __shared__ __align__(64) char slot[BlockTeam::slot_size];
  char* memory = global ? global + capacity * blockIdx.x : shared;
  for (std::int64_t item = blockIdx.x; item < n_item; item += gridDim.x) {
    BlockTeam team{memory, 0, capacity, slot};
    f(team, static_cast<int>(item));
    __syncthreads();  // the next item overwrites the scratch
  }
}

// The tree of the host's reduce_one_leaf, a leaf per block.
template <class F>
__global__ void leaf_kernel(std::int64_t n, std::int64_t n_leaf, Real* sum, const F f) {
  __shared__ Real v[reduce_leaf];
  const int t = static_cast<int>(threadIdx.x);
  for (std::int64_t k = blockIdx.x; k < n_leaf; k += gridDim.x) {
    const std::int64_t i = k * reduce_leaf + t;
    v[t] = i < n ? f(static_cast<int>(i)) : 0.0;
    for (int s = reduce_leaf / 2; s > 0; s /= 2) {
      __syncthreads();
      if (t < s) v[t] += v[t + s];
    }
    if (t == 0) sum[k] = v[0];
    __syncthreads();
  }
}

// The tree of the host's reduce_leaves, by one block. (A template, so that the header may be included by several
// files.)
template <int threads>
__global__ void leaves_kernel(std::int64_t n_leaf, Real* sum) {
  for (std::int64_t width = 1; width < n_leaf; width *= 2) {
    for (std::int64_t i = 2 * width * threadIdx.x; i + width < n_leaf; i += 2 * width * threads)
      sum[i] += sum[i + width];
    __syncthreads();
  }
}

}  // namespace cuda

template <class F>
void for_each(Cuda space, std::int64_t n, const F& f) {
  static_assert(cuda::fits_arguments<F>, "a kernel's functor is larger than CUDA takes");
  if (n <= 0) return;
  cuda::each_kernel<<<cuda::blocks_for(n, 256, 1 << 20), 256, 0, cuda::stream_of(space)>>>(n, f);
  cuda::check(cudaGetLastError(), "starting for_each");
}

// Neighbouring threads take neighbouring columns; short rows share a block.
template <class F>
void for_rows(Cuda space, int n_row, int n_col, const F& f) {
  static_assert(cuda::fits_arguments<F>, "a kernel's functor is larger than CUDA takes");
  if (n_row <= 0 || n_col <= 0) return;
  int wide = 1;
  while (wide < n_col && wide < 128) wide *= 2;
  const dim3 threads(static_cast<unsigned>(wide), static_cast<unsigned>(128 / wide));
  const dim3 blocks(cuda::blocks_for(n_col, wide, 65535), cuda::blocks_for(n_row, 128 / wide, 65535));
  cuda::rows_kernel<<<blocks, threads, 0, cuda::stream_of(space)>>>(n_row, n_col, f);
  cuda::check(cudaGetLastError(), "starting for_rows");
}

// One block per item. Above the default of 48 KB the kernel requests more shared memory; above the limit of a block,
// scratch is global memory.
template <class F>
void for_teams(Cuda space, int n_item, int team_size, std::size_t bytes, const F& f) {
  static_assert(cuda::fits_arguments<F>, "a kernel's functor is larger than CUDA takes");
  if (n_item <= 0) return;
  if (team_size < 1 || team_size > 1024) throw std::runtime_error("CUDA: a team has 1 to 1024 threads");
  const std::size_t capacity = (bytes + scratch_line - 1) / scratch_line * scratch_line + scratch_slack;
  const std::size_t most =
      static_cast<std::size_t>(cuda::attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin)) - cuda::BlockTeam::slot_size;
  const cudaStream_t stream = cuda::stream_of(space);
  const unsigned threads = static_cast<unsigned>(team_size);
  if (capacity <= most) {
    if (capacity > 48 * 1024 - cuda::BlockTeam::slot_size)
      cuda::check(cudaFuncSetAttribute(cuda::teams_kernel<F>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                       static_cast<int>(capacity)),
                  "asking for more shared memory");
    cuda::teams_kernel<<<static_cast<unsigned>(n_item), threads, capacity, stream>>>(n_item, capacity, nullptr, f);
    cuda::check(cudaGetLastError(), "starting for_teams");
    return;
  }
  int per_processor = 0;
  cuda::check(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&per_processor, cuda::teams_kernel<F>, team_size, 0),
              "asking for the occupancy");
  const int resident = (per_processor > 0 ? per_processor : 1) * cuda::attribute(cudaDevAttrMultiProcessorCount);
  const int blocks = n_item < resident ? n_item : resident;
  const cuda::StreamMemory scratch(stream, capacity * static_cast<std::size_t>(blocks));
  cuda::teams_kernel<<<static_cast<unsigned>(blocks), threads, 0, stream>>>(n_item, capacity, scratch.as<char>(), f);
  cuda::check(cudaGetLastError(), "starting for_teams");
}

// Sums with the host's tree: the same bits where f gives the same bits. Waits for the result.
template <class F>
Real reduce(Cuda space, std::int64_t n, const F& f) {
  if (n <= 0) return 0.0;
  const std::int64_t n_leaf = (n + reduce_leaf - 1) / reduce_leaf;
  const cudaStream_t stream = cuda::stream_of(space);
  const cuda::StreamMemory memory(stream, static_cast<std::size_t>(n_leaf) * sizeof(Real));
  Real* sum = memory.as<Real>();
  cuda::leaf_kernel<<<cuda::blocks_for(n_leaf, 1, 1 << 20), reduce_leaf, 0, stream>>>(n, n_leaf, sum, f);
  cuda::check(cudaGetLastError(), "starting reduce");
  cuda::leaves_kernel<256><<<1, 256, 0, stream>>>(n_leaf, sum);
  cuda::check(cudaGetLastError(), "starting reduce");
  Real result = 0.0;
  cuda::check(cudaMemcpyAsync(&result, sum, sizeof(Real), cudaMemcpyDeviceToHost, stream), "reading a sum");
  cuda::check(cudaStreamSynchronize(stream), "computing a sum");
  return result;
}

inline void synchronize(Cuda space) {
  cuda::check(cudaStreamSynchronize(cuda::stream_of(space)), "waiting for a stream");
}

}  // namespace coldsun
